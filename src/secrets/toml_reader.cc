#include "secrets/toml_reader.h"

#include <algorithm>
#include <utility>

#include "base/sort.h"
#include "secrets/excerpt.h"
#include "secrets/scan.h"
#include "secrets/toml_library.h"

namespace hawser::secrets {
namespace {

Origin OriginOf(const toml::source_position& at, int layer) {
  return {layer, static_cast<int>(at.line), static_cast<int>(at.column)};
}

void AppendPadded(std::string& out, unsigned value, int digits) {
  std::string text = std::to_string(value);
  out.append(static_cast<std::size_t>(std::max(0, digits - static_cast<int>(text.size()))), '0');
  out += text;
}

std::string Format(const toml::date& date) {
  std::string out;
  AppendPadded(out, date.year, 4);
  out += '-';
  AppendPadded(out, date.month, 2);
  out += '-';
  AppendPadded(out, date.day, 2);
  return out;
}

std::string Format(const toml::time& time) {
  std::string out;
  AppendPadded(out, time.hour, 2);
  out += ':';
  AppendPadded(out, time.minute, 2);
  out += ':';
  AppendPadded(out, time.second, 2);
  if (time.nanosecond == 0) return out;
  out += '.';
  AppendPadded(out, time.nanosecond, 9);
  while (out.ends_with('0')) out.pop_back();
  return out;
}

std::string Format(const toml::date_time& when) {
  std::string out = Format(when.date) + "T" + Format(when.time);
  if (!when.offset) return out;
  const int minutes = when.offset->minutes;
  if (minutes == 0) return out + "Z";
  out += minutes < 0 ? '-' : '+';
  const auto magnitude = static_cast<unsigned>(minutes < 0 ? -minutes : minutes);
  AppendPadded(out, magnitude / 60, 2);
  out += ':';
  AppendPadded(out, magnitude % 60, 2);
  return out;
}

// Recursion is bounded by ScanToml().
Value Convert(const toml::node& node, Origin origin) {
  using Type = Value::Type;
  Value out = Value::OfType(Type::kNull, origin);
  switch (node.type()) {
    case toml::node_type::table: {
      out.type = Type::kTable;
      const toml::table& table = *node.as_table();
      out.entries.reserve(table.size());
      for (const auto& [key, child] : table) {
        out.entries.push_back(
            {std::string(key.str()), Convert(child, OriginOf(key.source().begin, origin.layer))});
      }
      // toml++ sorts by key; people expect the order in which they wrote.
      SortItems(out.entries, [](const Entry& a, const Entry& b) {
        return std::pair(a.value.origin.line, a.value.origin.column) <
               std::pair(b.value.origin.line, b.value.origin.column);
      });
      break;
    }
    case toml::node_type::array: {
      out.type = Type::kArray;
      const toml::array& array = *node.as_array();
      out.entries.reserve(array.size());
      for (const toml::node& child : array) {
        out.entries.push_back({{}, Convert(child, OriginOf(child.source().begin, origin.layer))});
      }
      break;
    }
    case toml::node_type::string:
      out.type = Type::kString;
      out.text = **node.as_string();
      break;
    case toml::node_type::integer:
      out.type = Type::kInteger;
      out.integer = **node.as_integer();
      break;
    case toml::node_type::floating_point:
      out.type = Type::kFloat;
      out.number = **node.as_floating_point();
      break;
    case toml::node_type::boolean:
      out.type = Type::kBoolean;
      out.boolean = **node.as_boolean();
      break;
    case toml::node_type::date:
      out.type = Type::kLocal;
      out.text = Format(**node.as_date());
      break;
    case toml::node_type::time:
      out.type = Type::kLocal;
      out.text = Format(**node.as_time());
      break;
    case toml::node_type::date_time: {
      const toml::date_time& when = **node.as_date_time();
      out.type = when.offset ? Type::kOffsetDateTime : Type::kLocal;
      out.text = Format(when);
      break;
    }
    case toml::node_type::none:
      break;
  }
  return out;
}

bool IsSafeQuote(std::string_view quoted) {
  constexpr std::string_view kSafe[] = {"=", "]",   "-",   ":",    ".",     "0",   "x",  "o",
                                        "b", "\\n", "\\r", "true", "false", "inf", "nan"};
  return std::find(std::begin(kSafe), std::end(kSafe), quoted) != std::end(kSafe);
}

// toml++ quotes what it saw, which may be part of a secret: keeps what was expected only.
std::string CleanReason(std::string_view text) {
  if (text.ends_with("is not representable in 64 bits")) return "the number is not representable in 64 bits";
  if (text.ends_with("could not be interpreted as a value")) return "the number could not be interpreted";
  constexpr std::string_view kPrefix = "Error while parsing ";
  std::string_view scope;
  if (text.starts_with(kPrefix)) {
    text.remove_prefix(kPrefix.size());
    const std::size_t colon = text.find(": ");
    scope = text.substr(0, colon);
    text = colon == std::string_view::npos ? std::string_view() : text.substr(colon + 2);
  }
  text = text.substr(0, text.find(", saw"));
  std::size_t quote = text.find('\'');
  while (quote != std::string_view::npos) {
    const std::size_t end = text.find('\'', quote + 1);
    if (end == std::string_view::npos || !IsSafeQuote(text.substr(quote + 1, end - quote - 1))) {
      text = text.substr(0, quote);
      break;
    }
    quote = text.find('\'', end + 1);
  }
  while (text.ends_with(' ')) text.remove_suffix(1);
  if (text == "could not determine value type" || text.ends_with("'true'") || text.ends_with("'false'") ||
      text.ends_with("'inf'") || text.ends_with("'nan'")) {
    return "not a value; text needs quotes";
  }
  if (text == "escape sequence") text = "unknown escape sequence";
  std::string out(text.empty() ? "malformed" : text);
  if (!scope.empty()) out.append(" (in: ").append(scope).append(")");
  return out;
}

bool IsLimit(std::string_view description) {
  for (const std::string_view part :
       {"exceeds length limit", "too long to identify", "maximum precision", "maximum nested"}) {
    if (description.find(part) != std::string_view::npos) return true;
  }
  return false;
}

}  // namespace

Result<Value> ReadToml(std::string_view text, std::string_view source, int layer) {
  Result<ScannedToml> scanned = ScanToml(text, source);
  if (!scanned) return std::unexpected(std::move(scanned.error()));
  const toml::parse_result parsed = toml::parse(std::string_view(scanned->text));
  if (parsed) return Convert(parsed.table(), {layer, 1, 1});
  const toml::parse_error& failed = parsed.error();
  const toml::source_position at = failed.source().begin;
  Error error;
  error.code = IsLimit(failed.description()) ? "ERR_SECRETS_LIMIT" : "ERR_SECRETS_PARSE";
  error.message = CleanReason(failed.description());
  error.source = std::string(source);
  error.line = static_cast<int>(at.line);
  error.column = static_cast<int>(at.column);
  error.excerpt = Excerpt(text, error.line, error.column, scanned->inner_lines);
  return std::unexpected(std::move(error));
}

}  // namespace hawser::secrets
