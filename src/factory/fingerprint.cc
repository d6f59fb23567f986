#include "factory/fingerprint.h"

#include <bit>

#include "base/sort.h"

namespace hawser::factory {
namespace {

std::uint64_t ReadLittle(const char* bytes, std::size_t count) {
  std::uint64_t out = 0;
  for (std::size_t i = 0; i < count; ++i)
    out |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
  return out;
}

void WriteLittle(std::uint64_t value, std::uint8_t* out) {
  for (int i = 0; i < 8; ++i) out[i] = static_cast<std::uint8_t>(value >> (8 * i));
}

struct SipState {
  std::uint64_t v0, v1, v2, v3;

  void Rounds(int count) {
    while (count-- > 0) {
      v0 += v1;
      v1 = std::rotl(v1, 13) ^ v0;
      v0 = std::rotl(v0, 32);
      v2 += v3;
      v3 = std::rotl(v3, 16) ^ v2;
      v0 += v3;
      v3 = std::rotl(v3, 21) ^ v0;
      v2 += v1;
      v1 = std::rotl(v1, 17) ^ v2;
      v2 = std::rotl(v2, 32);
    }
  }

  void Absorb(std::uint64_t word) {
    v3 ^= word;
    Rounds(2);
    v0 ^= word;
  }

  std::uint64_t Sum() const { return v0 ^ v1 ^ v2 ^ v3; }
};

void Begin(std::string& out, char tag, std::size_t size) {
  out += tag;
  out += std::to_string(size);
  out += ':';
}

void Append(std::string& out, char tag, std::string_view payload) {
  Begin(out, tag, payload.size());
  out += payload;
}

void Write(const Value& value, std::string& out) {
  switch (value.type) {
    case Value::Type::kTable:
      Begin(out, 'o', value.entries.size());
      for (const std::uint32_t i :
           SortedIndexes(value.entries, [](const Entry&a, const Entry&b) { return a.key < b.key; })) {
        Append(out, 'k', value.entries[i].key);
        Write(value.entries[i].value, out);
      }
      return;
    case Value::Type::kArray:
      Begin(out, 'a', value.entries.size());
      for (const Entry& item : value.entries) Write(item.value, out);
      return;
    case Value::Type::kString:
      return Append(out, 's', value.text);
    case Value::Type::kOffsetDateTime:
      return Append(out, 'z', value.text);
    case Value::Type::kLocal:
      return Append(out, 'l', value.text);
    case Value::Type::kInteger:
      return Append(out, 'i', std::to_string(value.integer));
    case Value::Type::kFloat: {
      std::uint8_t bits[8];
      WriteLittle(std::bit_cast<std::uint64_t>(value.number), bits);
      return Append(out, 'd', {reinterpret_cast<const char*>(bits), sizeof bits});
    }
    case Value::Type::kBoolean:
      out += value.boolean ? 't' : 'f';
      return;
    case Value::Type::kNull:
      out += 'n';
  }
}

}  // namespace

Key128 SipHash128(const Key128& key, std::string_view input) {
  const char* const key_bytes = reinterpret_cast<const char*>(key.data());
  const std::uint64_t k0 = ReadLittle(key_bytes, 8);
  const std::uint64_t k1 = ReadLittle(key_bytes + 8, 8);
  SipState state{k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d ^ 0xee, k0 ^ 0x6c7967656e657261,
                 k1 ^ 0x7465646279746573};
  std::size_t at = 0;
  for (; at + 8 <= input.size(); at += 8) state.Absorb(ReadLittle(input.data() + at, 8));
  state.Absorb(ReadLittle(input.data() + at, input.size() - at) | std::uint64_t{input.size() & 0xff} << 56);

  Key128 out;
  state.v2 ^= 0xee;
  state.Rounds(4);
  WriteLittle(state.Sum(), out.data());
  state.v1 ^= 0xdd;
  state.Rounds(4);
  WriteLittle(state.Sum(), out.data() + 8);
  return out;
}

std::string Canonical(const Value& value) {
  std::string out;
  Write(value, out);
  return out;
}

std::string Fingerprint(std::string_view salt, const Value& configuration) {
  constexpr char kDigits[] = "0123456789abcdef";
  const Key128 sum = SipHash128(SipHash128({}, salt), Canonical(configuration));
  std::string out;
  for (const std::uint8_t byte : sum) {
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out;
}

}  // namespace hawser::factory
