"""Something to compile."""


def hot_function(n):
    total = 0
    for i in range(n):
        total += i
    return total


async def takes_number(n):
    return [n]


def call_number_takers():
    for _ in range(20_000):
        try:
            takes_number(0).send(None)
        except StopIteration:
            pass
