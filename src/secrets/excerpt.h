// A line of a document that can be shown.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hawser::secrets {

// The given line of `text` (line and column from 1) with everything that could be a value replaced: `password
// = …`,
// `[connections.pets_db]`. "…" where the line begins inside a value (it is one of `inner_lines`, ascending),
// or has no such form, or the error lies before the equals sign, so that what stands there may be no key at
// all.
std::string Excerpt(std::string_view text, int line, int column, const std::vector<int>& inner_lines);

}  // namespace hawser::secrets
