"""What a started service tells the person who started it."""

from __future__ import annotations

from pathlib import Path

import orjson

from resolvers.tokens import OwnIssuer
from twin.supervision import write_private
from twin.vocabulary.roles import Role


def announce(url: str, data_dir: Path, *, demo: bool) -> None:
    """Write fresh tokens to a file, print where everything is; a demonstration's links carry a token."""
    issuer = OwnIssuer(data_dir)
    tokens = {role.value: issuer.issue(role) for role in (Role.OPERATOR, Role.QUALITY, Role.INTEGRATION)}
    file = data_dir / "tokens.json"
    write_private(file, orjson.dumps(tokens, option=orjson.OPT_INDENT_2).decode())
    lines = [f"dieloom is at {url}", f"  tokens   {file}"]
    if demo:
        link = f"#token={tokens['quality']}"
        lines += [
            f"  board    {url}/{link}",
            f"  recall   {url}/recall{link}",
            f"  cases    {url}/cases{link}",
            f"  GraphiQL {url}/graphiql{link}",
        ]
    print("\n".join(lines), flush=True)
