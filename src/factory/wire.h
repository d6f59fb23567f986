// The factory's decisions with JSON in and out, for wasm/bindings.cc.
//
// All that goes in is in the form of base/wire.h, lists too (["a", …items]). What has no form there
// (functions, clients, dates of JavaScript, …) is ["l", mark] with a text that tells it from others of its
// kind: the factory looks into text, whole numbers and tables only.
//
// A result is the object described at each function, or {"error": {"code", "message"}}.
#pragma once

#include <string>

namespace hawser::factory {

// In: {"name", "option"?, "section"?, "url"?, "hasSection", "sections": […], "layers": […],
//      "known": [{"name", "schemes": […]}]}; out: {"type"} or {"module", "exported"}. See type_resolver.h.
std::string ResolveTypeJson(const std::string& request);

// In: {"layers": [kwargs, section, native], "address": bool, "salt"};
// out: {"origin": {key: layer}, "address": {…}, "fingerprint"}. See configuration.h and fingerprint.h.
std::string ConfigureJson(const std::string& request);

}  // namespace hawser::factory
