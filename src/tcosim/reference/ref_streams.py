"""Twin of kernels/streams.py on Python integers."""

from __future__ import annotations

import math

M64 = (1 << 64) - 1
M32 = (1 << 32) - 1
GOLDEN = 0x9E3779B97F4A7C15


def mix(x: int) -> int:
    x &= M64
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & M64
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & M64
    return x ^ (x >> 31)


def purpose(word: str) -> int:
    return int.from_bytes(word.encode(), "big")


def stream_key(seed: int, future: int, word: str) -> int:
    return mix(mix(mix(seed + GOLDEN) ^ purpose(word)) + future * GOLDEN)


def uniform_at(key: int, position: int) -> float:
    return ((mix(key + (position + 1) * GOLDEN) >> 12) + 0.5) / 2**52


def normal_pair_at(key: int, position: int) -> tuple[float, float]:
    radius = math.sqrt(-2 * math.log(uniform_at(key, position)))
    angle = 2 * math.pi * uniform_at(key, position + 1)
    return radius * math.cos(angle), radius * math.sin(angle)


class Hourly:
    """xoshiro128+ of one future."""

    def __init__(self, seed: int, future: int) -> None:
        key = stream_key(seed, future, "Hourly")
        low, high = mix(key + GOLDEN), mix(key + 2 * GOLDEN)
        self.s = [(low & M32) | 1, low >> 32, high & M32, high >> 32]

    def word(self) -> int:
        s = self.s
        result = (s[0] + s[3]) & M32
        t = (s[1] << 9) & M32
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= t
        s[3] = ((s[3] << 11) | (s[3] >> 21)) & M32
        return result

    def uniform(self) -> float:
        return self.word() / 2**32

    def normals(self) -> tuple[float, float]:
        radius_word, angle_word = self.word(), self.word()
        u = radius_word / 2**32 + 0.5**33
        radius = math.sqrt(max(-2 * math.log(u), 0))
        signed = angle_word - 2**32 if angle_word >= 2**31 else angle_word
        angle = math.pi / 2 * signed / 2**31
        sign = -1 if angle_word & 1 else 1
        return radius * math.sin(angle), sign * radius * math.cos(angle)
