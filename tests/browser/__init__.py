"""Tests of the network page in a real browser."""
