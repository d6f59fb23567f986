#include "secrets/interpolate.h"

#include <algorithm>
#include <cstddef>

#include "base/sort.h"
#include "secrets/limits.h"
#include "secrets/path.h"

namespace hawser::secrets {
namespace {

constexpr std::string_view kOpen = "${{";
constexpr std::string_view kClose = "}}";

bool IsNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
         c == '-';
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

struct Reference {
  std::string_view name;
  std::optional<std::string_view> fallback;
  const char* fault = nullptr;  // Says what is wrong, without quoting.
};

Reference ParseReference(std::string_view inside) {
  Reference out;
  const std::size_t cut = inside.find(":-");
  out.name = Trim(inside.substr(0, cut));
  if (cut != std::string_view::npos) out.fallback = Trim(inside.substr(cut + 2));
  if (out.name.empty() || !std::all_of(out.name.begin(), out.name.end(), IsNameCharacter)) {
    out.name = {};
    out.fault = "has a reference ${{ … }} without a valid variable name";
  } else if (inside.find(kOpen) != std::string_view::npos) {
    out.fault = "has a reference ${{ … }} inside another";
  }
  return out;
}

// Calls literal(text) and reference(Reference) for the parts of `text` in their order, until one answers
// false.
template <typename Literal, typename OnReference>
bool ForEachPart(std::string_view text, Literal literal, OnReference reference) {
  while (true) {
    const std::size_t at = text.find(kOpen);
    if (at == std::string_view::npos) return literal(text);
    if (at > 0 && text[at - 1] == '$') {
      if (!literal(text.substr(0, at - 1)) || !literal(kOpen)) return false;
      text.remove_prefix(at + kOpen.size());
      continue;
    }
    if (!literal(text.substr(0, at))) return false;
    text.remove_prefix(at + kOpen.size());
    const std::size_t end = text.find(kClose);
    if (end == std::string_view::npos)
      return reference(Reference{{}, {}, "has a reference ${{ without its }}"});
    if (!reference(ParseReference(text.substr(0, end)))) return false;
    text.remove_prefix(end + kClose.size());
  }
}

class Interpolation {
 public:
  Interpolation(const Variables& variables, const std::vector<bool>& verbatim)
      : variables_(variables), verbatim_(verbatim) {}

  bool Walk(Value& value) {
    if (value.is_string()) return IsVerbatim(value) || Replace(value);
    for (std::size_t i = 0; i < value.entries.size(); ++i) {
      Entry& entry = value.entries[i];
      const std::size_t length = path_.size();
      if (value.is_table()) {
        AppendKey(path_, entry.key);
      } else {
        AppendIndex(path_, i);
      }
      if (!Walk(entry.value)) return false;
      path_.resize(length);
    }
    return true;
  }

  Error error;
  Origin origin;

 private:
  bool IsVerbatim(const Value& value) const {
    const auto layer = static_cast<std::size_t>(value.origin.layer);
    return (layer < verbatim_.size() && verbatim_[layer]) || value.text.find(kOpen) == std::string::npos;
  }

  bool Fail(std::string_view code, const Value& value, std::string_view variable, std::string message) {
    error.code = code;
    error.path = path_;
    error.variable = std::string(variable);
    error.message = path_ + " " + std::move(message);
    error.line = value.origin.line;
    error.column = value.origin.column;
    origin = value.origin;
    return false;
  }

  bool Replace(Value& value) {
    std::string out;
    const auto append = [&](std::string_view text) {
      out += text;
      total_ += text.size();
      if (total_ <= kMaxInterpolatedBytes) return true;
      return Fail("ERR_SECRETS_LIMIT", value, {},
                  "grows beyond " + std::to_string(kMaxInterpolatedBytes) + " bytes by interpolation");
    };
    const bool ok = ForEachPart(value.text, append, [&](const Reference& reference) {
      if (reference.fault != nullptr)
        return Fail("ERR_SECRETS_PARSE", value, reference.name, reference.fault);
      const auto it =
          std::lower_bound(variables_.begin(), variables_.end(), reference.name,
                           [](const auto& variable, std::string_view name) { return variable.first < name; });
      const bool set = it != variables_.end() && it->first == reference.name;
      if (set && !(it->second.empty() && reference.fallback)) return append(it->second);
      if (reference.fallback) return append(*reference.fallback);
      return Fail("ERR_ENV_MISSING", value, reference.name,
                  "refers to the variable " + std::string(reference.name) + ", which is not set");
    });
    if (ok) value.text = std::move(out);
    return ok;
  }

  const Variables& variables_;
  const std::vector<bool>& verbatim_;
  std::string path_;
  std::size_t total_ = 0;
};

void Collect(const Value& value, const std::vector<bool>& verbatim, std::vector<std::string>& names) {
  for (const Entry& entry : value.entries) Collect(entry.value, verbatim, names);
  const auto layer = static_cast<std::size_t>(value.origin.layer);
  if (!value.is_string() || (layer < verbatim.size() && verbatim[layer])) return;
  ForEachPart(
      value.text, [](std::string_view) { return true; },
      [&](const Reference& reference) {
        if (reference.fault == nullptr) names.emplace_back(reference.name);
        return true;
      });
}

}  // namespace

std::optional<Error> Interpolate(Value& root, const Variables& variables, const std::vector<bool>& verbatim,
                                 Origin& origin) {
  Interpolation interpolation(variables, verbatim);
  if (interpolation.Walk(root)) return std::nullopt;
  origin = interpolation.origin;
  return std::move(interpolation.error);
}

std::vector<std::string> ReferencedVariables(const Value& root, const std::vector<bool>& verbatim) {
  std::vector<std::string> names;
  Collect(root, verbatim, names);
  SortItems(names, [](const std::string& a, const std::string& b) { return a < b; });
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace hawser::secrets
