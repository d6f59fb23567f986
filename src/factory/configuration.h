// The configuration of one connection, put together from its layers (DESIGN.md, section 4, step 3).
#pragma once

#include <expected>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "factory/error.h"

namespace hawser::factory {

struct Configuration {
  // Each key of the result and the layer (index) that its value is taken from, in order of their bytes.
  std::vector<std::pair<std::string, std::size_t>> origin;
  // With `address`: dialect, driver, username, password, host, port, database and query as far as they are
  // known, otherwise an empty object. None of these keys, nor `url`, is in `origin` then.
  nlohmann::json address = nlohmann::json::object();
  // Everything together, for the fingerprint.
  nlohmann::json merged = nlohmann::json::object();
};

// Merges `layers`, objects, the highest first, per key: the highest layer that has a key gives its whole
// value. `null` hides the key in the layers below. With `address` the parts of `url` (see connection_url.h)
// and the separate keys become one address. For each part the layers are asked from the highest down, in each
// the separate key before the url, so that a separate key given in code wins over that part of a url from the
// secrets, and a url given in code over separate keys there. Of several urls only the highest counts. `query`
// is put together in the same way, per option. Errors: ERR_CONNECTION_CONFIG naming the key, never its value.
std::expected<Configuration, Error> MergeConfiguration(std::span<const nlohmann::json> layers, bool address);

}  // namespace hawser::factory
