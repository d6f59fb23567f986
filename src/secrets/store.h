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
// Trees and answers are packed bytes (base/packed.h). Functions that answer no list answer nothing, or a
// table of what is wrong (see answers.h); after that the store must be dropped.
class SecretStore {
 public:
  // `mode` is "deep" or "shallow".
  explicit SecretStore(std::string_view mode);

  // Adds a layer of a TOML document (bytes). `source` names it in errors: a file's path or the layer's name.
  std::string AddToml(const std::string& source, std::string_view text);

  // Adds a layer of values, a table. With `verbatim` references in its strings are left alone. No bytes are
  // refused as a tree with a lone surrogate in one of its texts, others that are no tree as one that is
  // nested too deep.
  std::string AddValues(const std::string& source, std::string_view tree, bool verbatim);

  // Adds a layer of environment variables, a table of name to value, always verbatim. See env_names.h.
  std::string AddEnvironment(const std::string& source, const std::string& prefix,
                             std::string_view variables);

  // The variables that the merged strings refer to, an array of names.
  std::string Variables() const;

  // Replaces references by `variables`, a table of name to text. See interpolate.h.
  std::string Interpolate(std::string_view variables);

  // The merged tree.
  std::string Tree() const;

  // An array of {"layer", "line"?, "column"?, "type", "state": "used" | "merged" | "overridden"}, the lowest
  // layer first, for a path given as an array of keys.
  std::string Explain(std::string_view path) const;

  // Every value of the merged tree that is no table, arrays as one, in an array of {"path": [keys], "layer",
  // "line"?, "column"?, "type"}. Empty tables count as values.
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
