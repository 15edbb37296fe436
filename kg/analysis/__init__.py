"""What scholars count: escalation between two sides, and the structure of who is for and against whom.

Acts are read from a store, rolled up to states or governments by the office held on the day, put into windows of time,
and summed. Every number leads back to its events. The wing knows no page, no web and no feed format; the graph and
the command line use it.
"""
