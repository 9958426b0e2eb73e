"""Plays failures on a running system while it is loaded, and writes both down side by side.

What was done, and when, is the ground truth that everything else can be held against: what callers
saw, and what traces and metrics of the same time show.
"""
