"""Guard every connection to a stranger: only public web servers are dialled.

One parser serves the judgement and the connection (`url`), `policy` says what may be connected to, one DNS look-up whose every
answer must be permitted (`resolve`), and `dial` connects to exactly those addresses and checks the peer once more.
"""
