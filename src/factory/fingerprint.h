// What stands for a configuration in keys, so that no key holds a secret.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/value.h"

namespace hawser::factory {

using Key128 = std::array<std::uint8_t, 16>;

// SipHash-2-4 with 128 bits of output: a keyed pseudo-random function. Without the key its results say
// nothing about the input, and cannot be tried against guesses.
Key128 SipHash128(const Key128& key, std::string_view input);

// Canonical bytes of a tree of values: type-tagged, length-prefixed, keys of objects in order of their bytes.
// Two trees have the same bytes only if they are equal; 1 and 1.0 are different.
std::string Canonical(const Value& value);

// 32 hexadecimal digits for `configuration` under `salt`, which is of any length and secret: 16 random bytes
// per instance, unless an application shares one among its processes.
std::string Fingerprint(std::string_view salt, const Value& configuration);

}  // namespace hawser::factory
