// Where the value of a key comes from.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/value.h"
#include "secrets/merge.h"

namespace hawser::secrets {

// What one layer says about a path.
struct Contribution {
  enum class State {
    kUsed,        // Gives the value.
    kMerged,      // One of several tables that are merged.
    kOverridden,  // A later layer replaced it, or a table that it is in.
  };
  Origin origin;
  Value::Type type;
  State state;
};

// What every layer that has something at `path` (keys; decimal indexes within arrays) says, lowest first.
// Empty when no layer has it. `layers` are the trees before merging, lowest first.
std::vector<Contribution> Explain(std::span<const Value> layers, MergeMode mode,
                                  std::span<const std::string> path);

}  // namespace hawser::secrets
