// The factory's decisions with JSON in and out, for wasm/bindings.cc.
//
// Values of configurations are written in the form that js/factory.js and the secrets share: tables are
// objects, every array is a tagged tuple (["a", …items], ["i", "9007199254740993"], ["o",
// "1979-05-27T07:32:00Z"], …), so that nothing in them is mistaken for something else. The factory itself
// looks into text, whole numbers and tables only.
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
