"""Gives a switch commands, and checks their answers as JSON against a schema.

    answers.py SCHEMA SOCKET NAMES < EXAMPLES

An example a line: a command with its arguments in the shell's quotation marks, behind "!" if the answer is an error. UFID stands for the identity of the first
megaflow that was dumped last. Every command of the switch whose name matches NAMES, a regular expression,
must have a definition in the schema and an example, and no definition of such a name may be without a command. Prints a line for each problem and, at the end, how
many answers were as they should be.
"""

import json
import re
import shlex
import socket
import sys

from jsonschema import Draft202012Validator


class Switch:
    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(30)
        self.socket.connect(path)
        self.text = ""
        self.error(self.ask("set-options", ["--format", "json"]))

    @staticmethod
    def error(reply):
        if reply["error"] is not None:
            raise SystemExit(f"set-options: {reply['error']}")

    def ask(self, method, params):
        self.socket.sendall(json.dumps({"method": method, "params": params, "id": 0}).encode())
        while True:
            try:
                reply, end = json.JSONDecoder().raw_decode(self.text)
                self.text = self.text[end:]
                return reply
            except json.JSONDecodeError:
                more = self.socket.recv(1 << 20)
                if not more:
                    raise SystemExit(f"{method}: the switch has closed the connection")
                self.text += more.decode()


def main():
    with open(sys.argv[1]) as file:
        schema = json.load(file)
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    switch = Switch(sys.argv[2])
    commands, defined = (
        {name for name in names if re.match(sys.argv[3], name)}
        for names in (switch.ask("list-commands", [])["result"], schema["properties"])
    )
    for name in sorted(commands - defined):
        print(f"{name}: no definition")
    for name in sorted(defined - commands):
        print(f"{name}: a definition of no command")

    seen, right, ufid = set(), 0, ""
    for line in filter(None, sys.stdin.read().split("\n")):
        name, *params = shlex.split(line.removeprefix("!").replace("UFID", ufid))
        seen.add(name)
        reply = switch.ask(name, params)
        if line.startswith("!"):
            problems = [] if isinstance(reply["error"], str) and reply["error"] else [f"no error but {reply['result']}"]
        elif reply["error"] is not None:
            problems = [f"the error {reply['error']!r}"]
        else:
            problems = [f"{error.message} at {list(error.path)}" for error in validator.iter_errors({name: reply["result"]})]
        for problem in problems:
            print(f"{line}: {problem}")
        right += not problems
        if name == "dpctl/dump-flows" and reply["result"]:
            ufid = "ufid:" + reply["result"][0]["ufid"]
    for name in sorted(commands - seen):
        print(f"{name}: no example")
    print(f"{right} right")


main()
