#include "secrets/json_reader.h"

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "base/packed.h"
#include "base/sort.h"
#include "secrets/answers.h"
#include "secrets/limits.h"

namespace hawser::secrets {
namespace {

using Type = Value::Type;

// Builds a tree from the parser's events. Answering false ends the parsing.
class Builder {
 public:
  Value root;
  bool too_deep = false;
  bool repeats_key = false;
  std::size_t error_at = 0;  // Offset of the byte behind what was not expected.

  bool null() { return Put(Value::OfType(Type::kNull)); }
  bool boolean(bool boolean) {
    Value value = Value::OfType(Type::kBoolean);
    value.boolean = boolean;
    return Put(std::move(value));
  }
  bool number_integer(std::int64_t integer) {
    Value value = Value::OfType(Type::kInteger);
    value.integer = integer;
    return Put(std::move(value));
  }
  bool number_unsigned(std::uint64_t integer) {
    if (integer > static_cast<std::uint64_t>(INT64_MAX))
      return number_float(static_cast<double>(integer), {});
    return number_integer(static_cast<std::int64_t>(integer));
  }
  bool number_float(double number, const std::string&) {
    Value value = Value::OfType(Type::kFloat);
    value.number = number;
    return Put(std::move(value));
  }
  bool string(std::string& text) { return Put(Value::String(std::move(text))); }
  bool binary(std::vector<std::uint8_t>&) { return false; }
  bool start_object(std::size_t) { return Open(Type::kTable); }
  bool key(std::string& key) {
    keys_.push_back(std::move(key));
    return true;
  }
  bool end_object() {
    const std::vector<Entry>& entries = open_.back().entries;
    const auto order = SortedIndexes(entries, [](const Entry& a, const Entry& b) { return a.key < b.key; });
    for (std::size_t i = 1; i < order.size(); ++i)
      repeats_key |= entries[order[i]].key == entries[order[i - 1]].key;
    return !repeats_key && Close();
  }
  bool start_array(std::size_t) { return Open(Type::kArray); }
  bool end_array() { return Close(); }
  bool parse_error(std::size_t offset, const std::string&, const nlohmann::json::exception&) {
    error_at = offset;
    return false;
  }

 private:
  bool Open(Type type) {
    too_deep = open_.size() > kMaxTreeDepth;  // The root is no level.
    open_.push_back(Value::OfType(type));
    return !too_deep;
  }

  bool Close() {
    Value value = std::move(open_.back());
    open_.pop_back();
    return Put(std::move(value));
  }

  bool Put(Value&& value) {
    if (open_.empty()) {
      root = std::move(value);
      return true;
    }
    Value& parent = open_.back();
    parent.entries.push_back({{}, std::move(value)});
    if (parent.is_table()) {
      parent.entries.back().key = std::move(keys_.back());
      keys_.pop_back();
    }
    return true;
  }

  std::vector<Value> open_;        // From the root to where the parser is.
  std::vector<std::string> keys_;  // Those whose values are not there yet.
};

Error Failed(std::string message) {
  Error error;
  error.code = "ERR_SECRETS_PARSE";
  error.message = std::move(message);
  return error;
}

}  // namespace

Result<Value> ReadJson(std::string_view text) {
  if (text.size() > kMaxDocumentBytes) return std::unexpected(TooLarge({}));
  Builder builder;
  const bool ok = nlohmann::json::sax_parse(text.begin(), text.end(), &builder);
  if (ok && builder.root.is_table()) return std::move(builder.root);
  if (builder.too_deep) return std::unexpected(TooDeep({}));
  Error error = Failed(ok                    ? "the document is not an object"
                       : builder.repeats_key ? "an object has a key twice"
                                             : "the JSON is malformed");
  error.line = error.column = 1;
  for (std::size_t i = 0; i + 1 < builder.error_at && i < text.size(); ++i) {
    error.line += text[i] == '\n';
    error.column = text[i] == '\n' ? 1 : error.column + ((text[i] & 0xc0) != 0x80);
  }
  return std::unexpected(std::move(error));
}

std::string AnswerJson(std::string_view text) {
  const Result<Value> tree = ReadJson(text);
  if (tree) return Packed(*tree);
  Value failed = Value::OfType(Type::kArray);
  failed.entries.push_back({{}, ErrorTree(tree.error())});
  return Packed(failed);
}

}  // namespace hawser::secrets
