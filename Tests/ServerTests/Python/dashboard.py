"""Looks at the dashboard with the system's Chromium. Usage: dashboard.py URL CHROMIUM SCREENSHOT"""
import json
import sys
import urllib.request

from playwright.sync_api import sync_playwright

url, chromium, screenshot = sys.argv[1:4]


def ask():
    body = {"model": "m", "messages": [{"role": "user", "content": "hello"}]}
    request = urllib.request.Request(
        url + "/v1/chat/completions",
        json.dumps(body).encode(),
        {"content-type": "application/json"},
    )
    return urllib.request.urlopen(request).headers["x-request-id"]


with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
    page = browser.new_page(viewport={"width": 1280, "height": 1060})
    complaints, foreign = [], []
    page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda r: foreign.append(r.url) if not r.url.startswith(url) else None)
    page.goto(url, wait_until="domcontentloaded")
    page.wait_for_selector("text=live", timeout=20_000)
    page.wait_for_selector("text=fiber")
    page.wait_for_selector("text=europe")

    before = page.locator("#requests tbody tr").count()
    request = ask()
    page.wait_for_function(
        "before => document.querySelectorAll('#requests tbody tr').length > before",
        arg=before,
        timeout=10_000,
    )
    assert request, "no request id"

    # The map is drawn: its canvases together hold many different colours.
    colours = page.evaluate(
        """() => {
          const seen = new Set();
          for (const canvas of document.querySelectorAll('#map canvas')) {
            const context = canvas.getContext('2d');
            const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
            for (let i = 0; i < data.length; i += 4 * 97) {
              seen.add(`${data[i]},${data[i + 1]},${data[i + 2]},${data[i + 3]}`);
            }
          }
          return seen.size;
        }"""
    )
    assert colours > 20, f"the map shows {colours} colours"
    page.wait_for_timeout(1_500)
    page.screenshot(path=screenshot)

    # The network view: a chart for each uplink and destination, with more on it than its frame.
    page.click("text=Network")
    page.wait_for_selector("#links .leg canvas")
    assert page.locator("#links .leg").count() == 2, "fiber and LEO lead to one region"
    page.wait_for_function(
        """() => [...document.querySelectorAll('#links .leg canvas')].every((canvas) => {
          const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
          const seen = new Set();
          for (let i = 0; i < data.length; i += 4) {
            seen.add(`${data[i]},${data[i + 1]},${data[i + 2]},${data[i + 3]}`);
          }
          return seen.size > 20;
        })""",
        timeout=10_000,
    )
    assert not page.is_visible("#requests"), "the network view shows the network alone"
    page.click("text=Overview")
    assert page.is_visible("#requests")
    assert not foreign, foreign
    assert not complaints, complaints
    browser.close()
