// The configuration of one connection, put together from its layers (DESIGN.md, section 4, step 3).
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/value.h"

namespace hawser::factory {

struct Configuration {
  // Each key of the result and the layer (index) that its value is taken from.
  std::vector<std::pair<std::string, std::size_t>> origin;
  // With `address`: dialect, driver, username, password, host, port, database and query as far as they are
  // known, otherwise an empty table. None of these keys, nor `url`, is in `origin` then.
  Value address;
  // Everything together, for the fingerprint.
  Value merged;
};

// Merges `layers`, tables, the highest first, per key: the highest layer that has a key gives its whole
// value. `null` hides the key in the layers below. With `address` the parts of `url` (see connection_url.h)
// and the separate keys become one address. For each part the layers are asked from the highest down, in each
// the separate key before the url, so that a separate key given in code wins over that part of a url from the
// secrets, and a url given in code over separate keys there. Of several urls only the highest counts. `query`
// is put together in the same way, per option. Errors: ERR_CONNECTION_CONFIG naming the key, never its value.
Result<Configuration> MergeConfiguration(std::span<const Value> layers, bool address);

}  // namespace hawser::factory
