"""A child process that speaks the worker's protocol (docs/worker-protocol.md) without any model: it only takes its time.

Tokens come at true intervals and their stamps are read when they come, so a meter beside it sees what really happened. A prompt that holds
FAIL fails alone. Everything else is said by the environment; a number counts the generate requests from 1, warm-up included:

    STAND_IN_TOKEN_MS=5       between two tokens          STAND_IN_PREFILL_MS=10   before the first one
    STAND_IN_LOAD_MS=0        what loading takes          STAND_IN_LOAD_ERROR=     an error code instead of `loaded`
    STAND_IN_PROTOCOL=1       the version in `hello`      STAND_IN_PID_FILE=       where to write the process id
    STAND_IN_DIE_AT=3         write to stderr and end     STAND_IN_DIE_BY=exit     with code 9; kill: by SIGKILL
    STAND_IN_HANG_AT=3        never answer                STAND_IN_RUBBISH_AT=3    answer with what is no message
    STAND_IN_STRAY_AT=3       a line of a library first   STAND_IN_FORGET_AT=3     a batch without its last result
    STAND_IN_THOUGHTS=2       tokens told as reasoning    STAND_IN_FEATURES=     those announced, in the place of all
    STAND_IN_ANSWER_LENGTH=   the most tokens of an answer
    STAND_IN_LOG=             a folder: each worker writes what it was asked to a file named by its pid
    STAND_IN_STUBBORN=1       ignore SIGTERM and the end of stdin      STAND_IN_PROFILE_ERROR=1  cannot count operations
"""

import json
import os
import queue
import signal
import sys
import threading
import time

ENDED = threading.Event()

CONFIG = {
    "model_type": "llama", "hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4,
    "vocab_size": 64, "dtype": "float32",
}  # fmt: skip


def setting(name: str, otherwise: str = "") -> str:
    return os.environ.get("STAND_IN_" + name, otherwise)


def milliseconds(name: str, otherwise: str) -> int:
    return int(float(setting(name, otherwise)) * 1e6)


def is_turn(name: str, number: int) -> bool:
    return setting(name) == str(number)


def say(event: dict) -> None:
    # A reader must ignore keys that it does not know.
    sys.stdout.write(json.dumps(event | {"stand_in": True}) + "\n")
    sys.stdout.flush()


def wait_until(instant: int) -> int:
    """Sleeps to an absolute time; the parent's end ends it, as a real worker ends with its parent."""
    while (left := instant - time.monotonic_ns()) > 0:
        if ENDED.wait(left / 1e9) and not setting("STUBBORN"):
            os._exit(0)
    return time.monotonic_ns()


def misbehave(number: int) -> None:
    if is_turn("DIE_AT", number):
        for line in ("Traceback (most recent call last):", f'  File "stand_in_worker.py", in generate {number}', "MemoryError: scripted"):
            print(line, file=sys.stderr)
        sys.stderr.flush()
        if setting("DIE_BY") == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        os._exit(9)
    if is_turn("HANG_AT", number):
        wait_until(time.monotonic_ns() + 600 * 10**9)
    if is_turn("RUBBISH_AT", number):
        sys.stdout.write("}{ this is no message\n")
    if is_turn("STRAY_AT", number):
        sys.stdout.write("Loading checkpoint shards: 100%\n")


def generate(request: dict, number: int) -> dict:
    misbehave(number)
    start = time.monotonic_ns()
    rows, results = [], []
    for item in request["requests"]:
        result = {"index": item["index"], "input_tokens": len(item["prompt"].split()), "output_tokens": 0}
        results.append(result)
        if "FAIL" in item["prompt"]:
            error = {"code": "request.out-of-memory", "message": "no room for the prompt, as scripted", "remedy": "use a smaller batch"}
            result.update(outcome="failed", error=error)
            continue
        least, most = item.get("min_new_tokens", 0), item["max_new_tokens"]
        length = most if least == most else max(least, most // 2, 1)
        result.update(outcome="completed", token_ns=[], finish_reason="length" if length == most else "stop")
        rows.append((length, result))
    due = start + milliseconds("PREFILL_MS", "10")
    for step in range(max((length for length, _ in rows), default=0)):
        stamp = wait_until(due)
        due += milliseconds("TOKEN_MS", "5")
        for length, result in rows:
            if step < length:
                result["token_ns"].append(stamp)
    widest = max((result["input_tokens"] for _, result in rows), default=0)
    for length, result in rows:
        stamps = result["token_ns"]
        result.update(output_tokens=length, padding_tokens=widest - result["input_tokens"], first_token_ns=stamps[0], last_token_ns=stamps[-1])
        if thoughts := int(setting("THOUGHTS", "0")):
            result.update(reasoning_tokens=min(thoughts, length), first_output_token_ns=stamps[thoughts] if thoughts < length else None)
        if request.get("return_text"):
            result["text"] = " ".join(f"word{position}" for position in range(length))
        if request.get("return_ids"):
            result["token_ids"] = list(range(length))
    if is_turn("FORGET_AT", number):
        results.pop()
    end = time.monotonic_ns()
    batch = {"event": "batch", "start_ns": start, "prefill_start_ns": start, "end_ns": end, "peak_memory_bytes": 3 << 20, "results": results}
    # Its template knows `enable_thinking` and nothing else.
    asked = (request.get("chat") or {}).get("arguments") or {}
    unused = [name for name in asked if name not in ("enable_thinking", "thinking_budget")]
    return batch | ({"chat": {"template": True, "unused_arguments": unused}} if "chat" in request else {})


def answer(request: dict, state: dict) -> dict:
    # The parent names the GPUs that it has chosen.
    gpus = [uuid for uuid in os.environ.get("CUDA_VISIBLE_DEVICES", "").split(",") if uuid]
    match request["op"]:
        case "capabilities":
            devices = [{"id": f"cuda:{i}", "name": "stand-in", "uuid": uuid, "memory_bytes": 1 << 30} for i, uuid in enumerate(gpus)]
            devices.append({"id": "cpu", "name": "stand-in", "uuid": None, "memory_bytes": 1 << 30})
            versions = {"torch": "0.0-stand-in", "transformers": None}
            return {"event": "capabilities", "versions": versions, "devices": devices, "cuda": None, "default_device": devices[0]["id"]}
        case "load":
            say({"id": request["id"], "event": "progress", "stage": "weights"})
            wait_until(time.monotonic_ns() + milliseconds("LOAD_MS", "0"))
            if code := setting("LOAD_ERROR"):
                return {"event": "error", "code": code, "message": f"cannot load {request['model']}", "remedy": "none", "detail": None}
            used = [f"cuda:{i}" for i in request.get("device_ids") or []] or ["cpu"]
            return {
                "event": "loaded", "model_class": "StandIn", "parameters": 1000, "model_memory_bytes": 1 << 20, "device": used[0],
                "devices": used, "dtype": "float32", "context_length": 4096, "revision": None, "config": CONFIG,
                "answer_length": int(setting("ANSWER_LENGTH", "0")) or None,
            }  # fmt: skip
        case "generate":
            state["generated"] += 1
            return generate(request, state["generated"])
        case "profile":
            if setting("PROFILE_ERROR"):
                return {"event": "error", "code": "profile.unavailable", "message": "no counter, as scripted", "remedy": None, "detail": None}
            prompt, steps = request["prompt_tokens"], request["decode_steps"]
            counts = {"prefill_flops": 1000 * prompt, "decode_flops": 3000 * steps}
            return {"event": "profile", "prompt_tokens": prompt, "decode_steps": steps, "tool": "stand-in"} | counts
        case "count_tokens":
            # A prompt that is bound to fail alone has no length.
            counts = [None if "REFUSED" in item["prompt"] else len(item["prompt"].split()) for item in request["requests"]]
            return {"event": "counts", "counts": counts}
        case "stats":
            return {"event": "stats", "peak_memory_bytes": 3 << 20, "model_memory_bytes": 1 << 20, "cpu_seconds": time.process_time()}
        case "shutdown":
            return {"event": "bye"}
        case other:
            return {"event": "error", "code": "protocol.unknown-op", "message": f"{other}?", "remedy": None, "detail": None}


def read_into(requests: queue.Queue) -> None:
    for line in sys.stdin:
        requests.put(json.loads(line))
    ENDED.set()
    requests.put(None)


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if setting("STUBBORN"):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if path := setting("PID_FILE"):
        with open(path + ".new", "w") as file:
            file.write(str(os.getpid()))
        os.rename(path + ".new", path)
    hello = {"event": "hello", "protocol": int(setting("PROTOCOL", "1")), "worker": "stand-in", "pid": os.getpid()}
    hello["features"] = setting("FEATURES", "chat,thinking_budget,count_tokens,token_ids,processes,tensor_parallel").split(",")
    say(hello | {"python": "%d.%d.%d" % sys.version_info[:3], "monotonic_ns": time.monotonic_ns()})
    requests: queue.Queue = queue.Queue()
    threading.Thread(target=read_into, args=(requests,), daemon=True).start()
    state = {"generated": 0}
    while True:
        while (request := requests.get()) is not None:
            if folder := setting("LOG"):
                with open(f"{folder}/{os.getpid()}", "a") as file:
                    file.write(json.dumps(request) + "\n")
            said = answer(request, state)
            say({"id": request["id"]} | said)
            if said["event"] == "bye":
                return
        if not setting("STUBBORN"):
            return
        time.sleep(600)


main()
