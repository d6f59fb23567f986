#include "base/packed.h"

#include <cstdint>
#include <cstring>
#include <utility>

namespace hawser {
namespace {

using Type = Value::Type;

class Reader {
 public:
  Reader(std::string_view bytes, int layer) : rest_(bytes), layer_(layer) {}

  bool at_end() const { return rest_.empty(); }

  bool Read(Value& out, int depth) {
    char tag = 0;
    if (!Number(tag)) return false;
    out.origin.layer = layer_;
    switch (tag) {
      case 'o':
      case 'a':
        return Entries(out, tag == 'o', depth);
      case 's':
      case 'l':
      case 'z':
        out.type = tag == 's' ? Type::kString : tag == 'l' ? Type::kLocal : Type::kOffsetDateTime;
        return Text(out.text);
      case 'i':
        out.type = Type::kInteger;
        return Number(out.integer);
      case 'd':
        out.type = Type::kFloat;
        return Number(out.number);
      case 't':
      case 'f':
        out.type = Type::kBoolean;
        out.boolean = tag == 't';
        return true;
      case 'n':
        out.type = Type::kNull;
        return true;
      default:
        return false;
    }
  }

 private:
  template <typename T>
  bool Number(T& out) {
    if (rest_.size() < sizeof out) return false;
    std::memcpy(&out, rest_.data(), sizeof out);
    rest_.remove_prefix(sizeof out);
    return true;
  }

  bool Text(std::string& out) {
    std::uint32_t length = 0;
    if (!Number(length) || length > rest_.size()) return false;
    out = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return true;
  }

  bool Entries(Value& out, bool table, int depth) {
    out.type = table ? Type::kTable : Type::kArray;
    std::uint32_t count = 0;
    if (depth > kMaxTreeDepth || !Number(count)) return false;
    while (count-- > 0) {
      Entry& entry = out.entries.emplace_back();
      if ((table && !Text(entry.key)) || !Read(entry.value, depth + 1)) return false;
    }
    return true;
  }

  std::string_view rest_;
  const int layer_;
};

template <typename T>
void Put(T number, std::string& out) {
  char bytes[sizeof number];
  std::memcpy(bytes, &number, sizeof number);
  out.append(bytes, sizeof bytes);
}

void PutText(std::string_view text, std::string& out) {
  Put(static_cast<std::uint32_t>(text.size()), out);
  out += text;
}

char TagOf(const Value& value) {
  switch (value.type) {
    case Type::kTable: return 'o';
    case Type::kArray: return 'a';
    case Type::kString: return 's';
    case Type::kInteger: return 'i';
    case Type::kFloat: return 'd';
    case Type::kBoolean: return value.boolean ? 't' : 'f';
    case Type::kOffsetDateTime: return 'z';
    case Type::kLocal: return 'l';
    case Type::kNull: break;
  }
  return 'n';
}

}  // namespace

std::optional<Value> ReadPacked(std::string_view bytes, int layer) {
  Reader reader(bytes, layer);
  Value root;
  if (!reader.Read(root, 0) || !reader.at_end()) return std::nullopt;
  return root;
}

void WritePacked(const Value& value, std::string& out) {
  out += TagOf(value);
  switch (value.type) {
    case Type::kTable:
    case Type::kArray:
      Put(static_cast<std::uint32_t>(value.entries.size()), out);
      for (const Entry& entry : value.entries) {
        if (value.is_table()) PutText(entry.key, out);
        WritePacked(entry.value, out);
      }
      break;
    case Type::kString:
    case Type::kLocal:
    case Type::kOffsetDateTime:
      PutText(value.text, out);
      break;
    case Type::kInteger:
      Put(value.integer, out);
      break;
    case Type::kFloat:
      Put(value.number, out);
      break;
    case Type::kBoolean:
    case Type::kNull:
      break;
  }
}

}  // namespace hawser
