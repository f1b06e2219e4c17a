"""The engine: what a definition means for one record at one moment. Pure: no database, no clock, no network.

`rules` are what a person arranges, `compiling` makes nodes of them, `interpreting` walks the nodes, `timing` and
`opening` say when, `conditions` say whether. Whoever calls it commits what comes out (ADR 0180).
"""
