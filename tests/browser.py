"""A browser without a window, driven over its DevTools protocol: opens pages, asks them questions, takes pictures."""

import asyncio
import base64
import itertools
import json
import shutil
import subprocess
import time

import aiohttp

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--remote-debugging-port=0",
    "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update", "--mute-audio",
)  # fmt: skip
POLL_SECONDS = 0.2


def find_browser():
    """Return the browser of this machine, None where there is none."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


class Browser:
    """One page of one browser, with a profile in `folder`; to be closed."""

    def __init__(self, folder, size=(1600, 1200)):
        profile = folder / "profile"
        command = [find_browser(), *FLAGS, f"--user-data-dir={profile}", f"--window-size={size[0]},{size[1]}"]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self._process = subprocess.Popen([*command, "about:blank"], **quiet)
        self._loop = asyncio.new_event_loop()
        self._numbers = itertools.count(1)
        port = self._port(profile / "DevToolsActivePort")
        self._loop.run_until_complete(self._connect(port))
        self.call("Page.enable")
        shape = {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": False}
        self.call("Emulation.setDeviceMetricsOverride", **shape)

    def _port(self, file, seconds=60):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self._process.poll() is None:
            if file.exists() and (lines := file.read_text().splitlines()):
                return int(lines[0])
            time.sleep(POLL_SECONDS)
        raise AssertionError(f"the browser did not start: it ended with {self._process.poll()}")

    async def _connect(self, port):
        self._session = aiohttp.ClientSession()
        async with self._session.get(f"http://127.0.0.1:{port}/json/list") as answer:
            pages = [page for page in await answer.json() if page["type"] == "page"]
        self._socket = await self._session.ws_connect(pages[0]["webSocketDebuggerUrl"], max_msg_size=0)

    def call(self, method, **params):
        """Call a method of the protocol and return its result."""
        return self._loop.run_until_complete(asyncio.wait_for(self._call(method, params), 60))

    async def _call(self, method, params):
        number = next(self._numbers)
        await self._socket.send_str(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            answer = json.loads((await self._socket.receive()).data)
            if answer.get("id") == number:
                assert "error" not in answer, answer
                return answer["result"]

    def open(self, address):
        """Go to a page; its scripts may still be at work."""
        self.call("Page.navigate", url="about:blank")  # else a change behind the # loads nothing
        self.call("Page.navigate", url=address)

    def ask(self, expression):
        """Return what a JavaScript expression comes to; None where it fails."""
        return self.call("Runtime.evaluate", expression=expression, returnByValue=True)["result"].get("value")

    def wait(self, expression, seconds=30):
        """Wait until a JavaScript expression is true."""
        deadline = time.monotonic() + seconds
        while not self.ask(f"!!({expression})"):
            assert time.monotonic() < deadline, f"never true: {expression}; the page says {self.text()[:2000]}"
            time.sleep(POLL_SECONDS)

    def text(self):
        """Return what there is to read on the page."""
        return self.ask("document.body.innerText") or ""

    def picture(self, path):
        """Take a picture of what is seen of the page."""
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"]))

    def close(self):
        """End the browser."""
        self._loop.run_until_complete(self._session.close())
        self._loop.close()
        self._process.terminate()
        self._process.wait(30)
