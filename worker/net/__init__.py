"""Guard every connection to other people's servers: only public web servers may be connected to.

`url` is the one parser, for the check and for the connection; `policy` decides what may be connected to; `resolve` looks a host
up in DNS once, and every answer must be permitted; `dial` connects to exactly those addresses and checks the peer once more.
"""
