"""The load generator: asks a hotel search for hotels, checks what it answers, and measures.

A run loads one target over so many connections for so long. Each connection asks again as soon as
it has its answer, so more connections, not a schedule, make more load. With a second target the
runs alternate, so that what else the machine does meets both.
"""
