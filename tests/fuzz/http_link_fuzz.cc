// Any text: its links have a target out of it and a relation type, and a link more in front of it changes
// nothing about them.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "http/headers.h"
#include "http/link.h"

using hawser::http::Link;
using hawser::http::ParseLinks;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto links = ParseLinks(text);
  for (const Link& link : links) {
    if (text.find(link.target) == std::string_view::npos) std::abort();
    bool related = false;
    for (const auto& parameter : link.parameters)
      related |= hawser::http::SameText(parameter.name, "rel") && !parameter.value.empty();
    if (!related) std::abort();
  }
  const std::string longer = "</first>; rel=first, " + std::string(text);
  const auto more = ParseLinks(longer);
  if (more.size() != links.size() + 1 || more[0].target != "/first") std::abort();
  for (std::size_t i = 0; i < links.size(); i++) {
    if (links[i].target != more[i + 1].target || links[i].parameters.size() != more[i + 1].parameters.size())
      std::abort();
  }
  return 0;
}
