"""Tests of the pages and the endpoint, against a real server."""
