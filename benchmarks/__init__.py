"""How fast Mainstay is on this machine: `python -m benchmarks`.

Each module has one function that measures one thing and gives its `Figure`s; `__main__` prints them.
"""
