"""Checks a sealed quarter with plain Python 3.9 or later and nothing else: python3 verifier.py TRIMESTRE.zip [PRÉCÉDENT.zip] [--key EMPREINTE]

It says what was altered, whether the Ed25519 signature (RFC 8032) holds, whether the quarter follows the one before.
Compare the key's fingerprint with the one the town gave you by another way: a seal proves nothing of a key that nobody knows."""

import contextlib
import hashlib
import io
import json
import sys
import zipfile
from typing import Any

SEAL = "sceau.json"
P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def recover_x(y: int, sign: int) -> Any:
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x * ROOT % P if (x * x - square) % P else x
    if (x * x - square) % P or (x == 0 and sign):
        return None
    return P - x if x & 1 != sign else x


def add(p: Any, q: Any) -> Any:
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    return (b - a) * (d - c) % P, (d + c) * (b + a) % P, (d - c) * (d + c) % P, (b - a) * (b + a) % P


def times(n: int, p: Any) -> Any:
    found = (0, 1, 1, 0)
    while n:
        if n & 1:
            found = add(found, p)
        p, n = add(p, p), n >> 1
    return found


def point(octets: bytes) -> Any:
    y = int.from_bytes(octets, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    x = recover_x(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


BASE = point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def signed(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether an Ed25519 signature holds (RFC 8032, 5.1.7)."""
    a, r, s = point(public), point(signature[:32]), int.from_bytes(signature[32:], "little")
    if len(public) != 32 or len(signature) != 64 or a is None or r is None or s >= Q:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % Q
    left, right = times(s, BASE), add(r, times(h, a))
    return not ((left[0] * right[2] - right[0] * left[2]) % P or (left[1] * right[2] - right[1] * left[2]) % P)


def canonical(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def read(path: str) -> tuple[dict[str, bytes], list[str]]:
    """The files of an archive by name, empty where their checksum does not hold, and the faults of the archive itself."""
    try:
        with open(path, "rb") as file:
            content = file.read(2**30 + 1)
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            if len(content) + sum(entry.file_size for entry in archive.infolist()) > 2**31:
                raise ValueError("plus d'un gigaoctet")
            found = dict.fromkeys(names, b"")
            for entry in archive.infolist():
                with contextlib.suppress(Exception):
                    found[entry.filename] = archive.read(entry)
    except Exception as fault:
        return {}, [f"archive illisible, tronquée ou abîmée : {fault}"]
    twice = [f"{name} : là deux fois dans l'archive" for name in sorted(found) if names.count(name) > 1]
    return found, [] if content == packed(found) else [*twice, "archive : ses octets ne sont pas ceux qui ont été émis"]


def packed(files: dict[str, bytes]) -> bytes:
    """The one archive of some files: names in order, nothing compressed, one date for all."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.create_system, entry.external_attr = 3, 0o100644 << 16
            archive.writestr(entry, files[name])
    return out.getvalue()


def verify(path: str, key: str = "") -> tuple[list[str], Any]:
    """The faults of an archive in French, none when it is as it was issued; and its seal, None when it has none that reads."""
    files, faults = read(path)
    raw = files.pop(SEAL, b"")
    try:
        whole = json.loads(raw.decode())
        seal = {name: value for name, value in whole.items() if name != "signature"}
        public, signature, told = bytes.fromhex(seal["public_key"]), bytes.fromhex(whole["signature"]), dict(seal["files"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return [*faults, SEAL + " : absent ou illisible"], None
    if raw != canonical(whole) or whole["signature"] != signature.hex() or not signed(public, canonical(seal), signature):
        faults.append(SEAL + " : la signature ne tient pas, le sceau a été modifié")
    if key and fingerprint(public) != key.replace(" ", "").lower():
        faults.append(SEAL + " : signé par une autre clé, d'empreinte " + fingerprint(public))
    for name in sorted(told.keys() | files.keys()):
        if name not in files:
            faults.append(name + " : retiré de l'archive")
        elif name not in told:
            faults.append(name + " : ajouté à l'archive")
        elif hashlib.sha256(files[name]).hexdigest() != told[name]:
            faults.append(name + " : modifié")
    return faults, whole


def fingerprint(public: bytes) -> str:
    return hashlib.sha256(public).hexdigest()


def main(arguments: list[str]) -> int:
    at = arguments.index("--key") if "--key" in arguments else len(arguments)
    paths, (key, *after) = arguments[:at], arguments[at + 1 :] or [""]
    if len(paths + after) not in (1, 2) or (at < len(arguments) and not key.strip()):
        print(__doc__)
        return 2
    path, *before = paths + after
    faults, seal = verify(path, key)
    for earlier in before if seal else []:
        worse, other = verify(earlier, key)
        if worse or (seal.get("previous") or {}).get("seal") != hashlib.sha256(canonical(other)).hexdigest():
            faults.append("chaîne : ce trimestre ne suit pas celui de " + earlier)
    print("".join(f"× {fault}\n" for fault in faults), end="")
    if seal:
        print(f"{seal.get('period')}, émission n° {seal.get('number')}, clé {fingerprint(bytes.fromhex(seal['public_key']))}")
        print("" if key else "Clé non comparée : --key EMPREINTE, celle que la commune a donnée, dit si c'est bien elle qui a signé.\n", end="")
    print("ALTÉRÉ" if faults else "INTACT")
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
