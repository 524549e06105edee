"""What schemathesis is told beyond the document: how to reach what is there, and what no answer may hold."""

import os

import schemathesis

MARK = os.environ["ATTAIN_MARK"]
RUN = os.environ["ATTAIN_RUN"]
ROLE = os.environ["ATTAIN_ROLE"]

# What three of four requests ask for: of chance alone hardly any would get past the first look at its path.
GOOD = {
    "company": "acme",
    "period": "2017-Q1",
    "snapshot": "2017-Q1",
    "policy": "tiered-commission@1",
    "plan": "field-sales",
    "table": "people",
    "run": RUN,
    "participant": "Acme Ann",
    "key": "Acme the spare",
    "limit": "table-rows",
    "work": "1",
}


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    """Fills most places of a path in well."""
    filled = {}
    for name, value in (path_parameters or {}).items():
        chosen = sum(str(value).encode("utf-8", "surrogatepass")) % 4 != 0
        filled[name] = GOOD.get(name, value) if chosen else value
    return filled


@schemathesis.check
def nothing_of_another_company(ctx, response, case):
    """No name that the other company gave to anything is in an answer to this one."""
    if ROLE != "operator":
        assert MARK not in response.content.decode("utf-8", "replace"), "another company shows in an answer"


def text_of(context, value):
    """What chance made as it is, or else a good plan with that put into it."""
    if isinstance(value, bytes):
        return value
    chance = value if isinstance(value, str) else str(value)
    plan = os.environ["ATTAIN_PLAN"]
    place = len(chance) * 7 % len(plan)
    return (plan if len(chance) % 3 == 0 else plan[:place] + chance + plan[place:]).encode("utf-8", "replace")


def component_of(context, value):
    """A good component cut where chance says, or what chance made."""
    if isinstance(value, bytes):
        return value
    with open(os.environ["ATTAIN_COMPONENT"], "rb") as file:
        component = file.read()
    chance = str(value).encode("utf-8", "replace")
    return component if len(chance) % 3 == 0 else component[: len(chance) * 997 % len(component)] + chance


schemathesis.serializer("application/toml")(text_of)
def bytes_of(context, value):
    """What chance made, behind the beginning of a backup in every other case."""
    chance = value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")
    return chance if len(chance) % 2 == 0 else b"attain backup 1\n" + chance


schemathesis.serializer("application/vnd.attain.backup")(bytes_of)
schemathesis.serializer("application/wasm")(component_of)
