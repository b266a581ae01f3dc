"""A relay for HTTP between an agent and its drivers, which does to their link what networks do. What it does is in a control file, a JSON object
that is read anew for each request; what is not in it does not happen:

    delay_ms, jitter_ms   before each request and each answer is passed on; the jitter is added at random
    stall                 true: requests are taken and nothing is passed on until it is false again
    refuse                true: new connections are closed at once, and the others with them
    reset                 a number; whenever it grows, every connection is reset in the middle of its next answer
    replay                a number; whenever it grows, the next request for samples is answered with an older answer

    relay.py CONTROL UPSTREAM_HOST:PORT [LISTEN_HOST:PORT]      prints the port
"""

import json
import random
import socket
import struct
import sys
import threading
import time

control_file, upstream = sys.argv[1], sys.argv[2].rsplit(":", 1)
listen = sys.argv[3].rsplit(":", 1) if len(sys.argv) > 3 else ["127.0.0.1", "0"]
lock = threading.Lock()
done = {"reset": 0, "replay": 0}
older_answers = []


def control():
    try:
        with open(control_file, encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError):
        return {}


def is_new(settings, name):
    """Whether a counted deed has been asked for once more than it was done."""
    with lock:
        if settings.get(name, 0) <= done[name]:
            return False
        done[name] += 1
        return True


def pause(settings):
    delay = settings.get("delay_ms", 0) + random.random() * settings.get("jitter_ms", 0)
    if delay:
        time.sleep(delay / 1000)


class Ended(Exception):
    pass


def message(connection, buffer, is_answer):
    """The next whole message; what came behind it stays in the buffer."""
    while b"\r\n\r\n" not in buffer:
        more = connection.recv(65536)
        if not more:
            raise Ended
        buffer += more
    head, _, rest = bytes(buffer).partition(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            length = int(value)
    while len(rest) < length:
        more = connection.recv(65536)
        if not more:
            raise Ended
        rest += more
    buffer[:] = rest[length:]
    return head + b"\r\n\r\n" + rest[:length]


def slam(connection):
    """Closes with a reset instead of an end."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def serve(client):
    server = socket.create_connection((upstream[0].strip("[]"), int(upstream[1])), timeout=60)
    for end in (client, server):
        end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    from_client, from_server = bytearray(), bytearray()
    try:
        while True:
            request = message(client, from_client, False)
            while control().get("stall"):
                time.sleep(0.01)
            settings = control()
            if settings.get("refuse"):
                raise Ended
            is_samples = b" /v1/samples" in request.split(b"\r\n")[0]
            if is_samples and older_answers and is_new(settings, "replay"):
                client.sendall(older_answers[0])
                continue
            pause(settings)
            server.sendall(request)
            answer = message(server, from_server, True)
            if is_samples and len(answer) > 2000:
                older_answers[:] = (older_answers + [answer])[-3:]
            pause(settings)
            if is_new(settings, "reset"):
                client.sendall(answer[: len(answer) // 2])
                slam(client)
                return
            client.sendall(answer)
    except (Ended, OSError):
        pass
    finally:
        client.close()
        server.close()


def main():
    family = socket.AF_INET6 if ":" in listen[0] else socket.AF_INET
    entrance = socket.socket(family)
    entrance.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    entrance.bind((listen[0].strip("[]"), int(listen[1])))
    entrance.listen()
    print(entrance.getsockname()[1], flush=True)
    while True:
        client, _ = entrance.accept()
        if control().get("refuse"):
            slam(client)
            continue

        def work(client=client):
            try:
                serve(client)
            except OSError:
                slam(client)

        threading.Thread(target=work, daemon=True).start()


main()
