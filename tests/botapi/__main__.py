"""The server as a process of its own, for benches: `python -m tests.botapi --port 8081 --token 1:x`."""

import argparse
import asyncio
import contextlib

from tests.botapi.server import BotApiServer


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.botapi", description=__doc__)
    parser.add_argument("--port", type=int, default=8081)
    parser.add_argument("--token", default="1:test")
    parser.add_argument("--log", action="store_true", help="remember every call (costs memory in long runs)")
    arguments = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(arguments.port, arguments.token, keep_log=arguments.log))


async def _serve(port: int, token: str, *, keep_log: bool) -> None:
    async with BotApiServer(token=token, port=port, keep_log=keep_log) as server:
        print(f"base_url {server.base_url}", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    main()
