// The factory's decisions with packed trees (base/packed.h) in and out, for wasm/factory_exports.cc.
//
// What a tree has no form for (functions, clients, dates of JavaScript, …) is a local date, 'l', with a text that tells it
// from others of its kind: the factory looks into text, whole numbers and tables only.
//
// An answer is the table described at each function, or {"error": {"code", "message"}}.
#pragma once

#include <string>
#include <string_view>

namespace hawser::factory {

// In: {"name", "option"?, "section"?, "url"?, "hasSection", "sections": […], "layers": […],
//      "known": [{"name", "schemes": […]}]}; out: {"type"} or {"module", "exported"}. See type_resolver.h.
std::string AnswerType(std::string_view request);

// In: {"layers": [kwargs, section, native], "address": bool, "salt"};
// out: {"origin": {key: layer}, "address": {…}, "fingerprint"}. See configuration.h and fingerprint.h.
std::string AnswerConfiguration(std::string_view request);

}  // namespace hawser::factory
