// The layers of one set of secrets and what they come to. What wasm/bindings.cc shows to JavaScript.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/value.h"
#include "secrets/merge.h"

namespace hawser::secrets {

// Made, filled, asked and dropped within one load; JavaScript keeps the sources, so that a fresh core can do
// all of it again. Call in this order: Add…() for each layer from the lowest up, Interpolate(), then the
// rest.
//
// Every function answers "" (or what it says) or {"error": {"code", "message", "source", "line", "column",
// "excerpt", "path", "variable"}}, members that do not apply left out. After an error the store must be
// dropped.
class SecretStore {
 public:
  // `mode` is "deep" or "shallow".
  explicit SecretStore(const std::string& mode);

  // Adds a layer of a TOML document (bytes). `source` names it in errors: a file's path or the layer's name.
  std::string AddToml(const std::string& source, const std::string& text);

  // Adds a layer of a JSON document (bytes).
  std::string AddJson(const std::string& source, const std::string& text);

  // Adds a layer of values in wire form. With `verbatim` references in its strings are left alone.
  std::string AddValues(const std::string& source, const std::string& json, bool verbatim);

  // Adds a layer of environment variables, a wire object of name to value, always verbatim. See env_names.h.
  std::string AddEnvironment(const std::string& source, const std::string& prefix, const std::string& json);

  // The variables that the merged strings refer to, a JSON array of names.
  std::string Variables() const;

  // Replaces references by `variables`, a wire object of name to text. See interpolate.h.
  std::string Interpolate(const std::string& variables);

  // The merged tree in wire form.
  std::string Tree() const;

  // Answers [{"layer", "line"?, "column"?, "type", "state": "used" | "merged" | "overridden"}, …], the lowest
  // layer first, for a path given as an array of keys in wire form.
  std::string Explain(const std::string& path) const;

  // Every value of the merged tree that is no table, arrays as one: [{"path": [keys], "layer", "line"?,
  // "column"?, "type"}, …]. Empty tables count as values.
  std::string Leaves() const;

 private:
  std::string Add(Result<Value> tree, const std::string& source, bool verbatim);

  const MergeMode mode_;
  std::vector<std::string> sources_;
  std::vector<Value> layers_;
  std::vector<bool> verbatim_;
  Value merged_;
};

}  // namespace hawser::secrets
