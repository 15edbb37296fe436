"""The columns tier: millions of events of a feed in partitioned Parquet, and what the store needs to know of them.

The way of a batch: files are cut into pieces of clean text (`pieces`), pieces become typed columns by year and month,
copies are told apart, and the whole is counted by dyad and month (`steps`, written once as Ibis expressions). An engine
runs the steps (`engines`: DuckDB inside this process, or Spark). What the feed's own reader should judge – rows that
are not plainly good, every party, every event of a summary that is opened – goes through it as text (`layouts`), so
that both tiers say the same of the same row. `kg.importing` alone calls this wing.
"""
