"""Tests of the client; run from contrib/python: python3 -m unittest."""
