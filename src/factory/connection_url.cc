#include "factory/connection_url.h"

#include <algorithm>
#include <cstdint>

#include "base/text.h"
#include "base/utf8.h"
#include "factory/error.h"

namespace hawser::factory {
namespace {

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string PercentDecoded(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_space) {
      out += ' ';
    } else if (text[i] == '%' && i + 2 < text.size() && HexDigit(text[i + 1]) >= 0 &&
               HexDigit(text[i + 2]) >= 0) {
      out += static_cast<char>(HexDigit(text[i + 1]) * 16 + HexDigit(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

bool IsUtf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = Utf8Length(text, at);
    if (length == 0) return false;
    at += length;
  }
  return true;
}

Error Wrong(std::string_view dialect, std::string_view what) {
  return ConfigError(Concat({"The connection url ", dialect, "://… ", what}));
}

// Decodes a part and refuses what no part can hold: bytes that are not UTF-8, and NUL.
Result<std::string> Decoded(std::string_view dialect, std::string_view text, std::string_view part,
                            bool plus_is_space = false) {
  std::string out = PercentDecoded(text, plus_is_space);
  if (!IsUtf8(out)) {
    return std::unexpected(Wrong(dialect, Concat({"has a ", part, " whose %-escapes are not UTF-8."})));
  }
  if (out.find('\0') != std::string::npos) {
    return std::unexpected(Wrong(dialect, Concat({"has a ", part, " with a NUL character."})));
  }
  return out;
}

constexpr std::string_view kEscapeHint =
    " If the user name or password has special characters, write them %-encoded ('/' as %2F, '?' as %3F).";

Result<std::optional<int>> ParsePort(std::string_view dialect, std::string_view text) {
  if (text.empty()) return std::nullopt;
  int port = 0;
  for (const char c : text) {
    if (c < '0' || c > '9' || port > 65535) {
      port = 0;
      break;
    }
    port = port * 10 + (c - '0');
  }
  if (port < 1 || port > 65535) {
    return std::unexpected(
        Wrong(dialect, Concat({"has a port that is not a number from 1 to 65535.", kEscapeHint})));
  }
  return port;
}

// What stands in brackets: an IPv6 address, and after '%25' (or '%') the zone that it is valid in.
Result<std::string> ParseIpv6(std::string_view dialect, std::string_view text) {
  const auto malformed = [&] {
    return std::unexpected(Wrong(dialect, "has a malformed IPv6 host; write it as [::1]:5432."));
  };
  const std::size_t percent = text.find('%');
  const std::string_view address = text.substr(0, percent);
  if (address.find(':') == std::string_view::npos ||
      address.find_first_not_of("0123456789abcdefABCDEF:.") != std::string_view::npos) {
    return malformed();
  }
  if (percent == std::string_view::npos) return std::string(address);
  std::string_view zone = text.substr(percent + 1);
  if (zone.starts_with("25")) zone.remove_prefix(2);
  auto decoded = Decoded(dialect, zone, "host");
  if (!decoded) return std::unexpected(std::move(decoded).error());
  if (decoded->empty()) return malformed();
  return Concat({address, "%", *decoded});
}

// host, host:port, [v6], [v6]:port, or nothing.
Result<void> ParseHost(std::string_view text, ConnectionUrl& out) {
  std::string_view host = text;
  std::string_view port;
  Result<std::string> decoded;
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    const std::string_view rest = end == std::string_view::npos ? "" : text.substr(end + 1);
    if (end == std::string_view::npos || !(rest.empty() || rest.starts_with(':'))) {
      return std::unexpected(Wrong(out.dialect, "has a malformed IPv6 host; write it as [::1]:5432."));
    }
    decoded = ParseIpv6(out.dialect, text.substr(1, end - 1));
    if (!decoded) return std::unexpected(std::move(decoded).error());
    port = rest.empty() ? rest : rest.substr(1);
  } else if (const std::size_t colon = text.rfind(':'); colon != std::string_view::npos) {
    host = text.substr(0, colon);
    port = text.substr(colon + 1);
    if (host.find(':') != std::string_view::npos) {
      return std::unexpected(
          Wrong(out.dialect,
                "has a malformed host: an IPv6 address stands in brackets, as in [::1]:5432, and only "
                "one host can be named."));
    }
  }
  auto number = ParsePort(out.dialect, port);
  if (!number) return std::unexpected(std::move(number).error());
  out.port = *number;
  if (host.empty()) return {};
  if (!host.starts_with('[')) decoded = Decoded(out.dialect, host, "host");
  if (!decoded) return std::unexpected(std::move(decoded).error());
  const auto is_wrong = [&](char c) {
    return static_cast<unsigned char>(c) <= ' ' || c == '@' || c == '\x7f' ||
           (c == ':' && !text.starts_with('['));
  };
  if (std::ranges::any_of(*decoded, is_wrong)) {
    return std::unexpected(
        Wrong(out.dialect, Concat({"has a host with a character that no host has.", kEscapeHint})));
  }
  out.host = std::move(*decoded);
  return {};
}

Result<void> ParseUser(std::string_view text, ConnectionUrl& out) {
  const std::size_t colon = text.find(':');
  auto username = Decoded(out.dialect, text.substr(0, colon), "user name");
  if (!username) return std::unexpected(std::move(username).error());
  out.username = std::move(*username);
  if (colon == std::string_view::npos) return {};
  auto password = Decoded(out.dialect, text.substr(colon + 1), "password");
  if (!password) return std::unexpected(std::move(password).error());
  out.password = std::move(*password);
  return {};
}

Result<void> ParseQuery(std::string_view text, ConnectionUrl& out) {
  while (!text.empty()) {
    const std::size_t end = text.find('&');
    const std::string_view pair = text.substr(0, end);
    text = end == std::string_view::npos ? "" : text.substr(end + 1);
    if (pair.empty()) continue;
    const std::size_t equals = pair.find('=');
    auto key = Decoded(out.dialect, pair.substr(0, equals), "query", true);
    if (!key) return std::unexpected(std::move(key).error());
    auto value =
        Decoded(out.dialect, equals == std::string_view::npos ? "" : pair.substr(equals + 1), "query", true);
    if (!value) return std::unexpected(std::move(value).error());
    out.query.emplace_back(std::move(*key), std::move(*value));
  }
  return {};
}

Result<void> CheckSqlite(ConnectionUrl& url) {
  if (url.host || url.port || url.username || url.password) {
    return std::unexpected(
        Wrong("sqlite",
              "has a host, which SQLite has not: write sqlite:///pets.db for a relative path, "
              "sqlite:////srv/pets.db for an absolute one, sqlite:// for a database in memory."));
  }
  if (url.database && (url.database->empty() || *url.database == ":memory:")) url.database.reset();
  return {};
}

}  // namespace

std::string NormalDialect(std::string_view dialect) {
  std::string out(dialect);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  if (out == "postgres") return "postgresql";
  if (out == "sqlite3") return "sqlite";
  return out;
}

Result<ConnectionUrl> ParseConnectionUrl(std::string_view url) {
  const std::size_t scheme_end = url.find("://");
  const std::string_view scheme = url.substr(0, scheme_end == std::string_view::npos ? 0 : scheme_end);
  const bool is_scheme = std::ranges::all_of(scheme, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '_' || c == '-' || c == '.';
  });
  const std::size_t plus = scheme.find('+');
  ConnectionUrl out;
  if (is_scheme) out.dialect = NormalDialect(scheme.substr(0, plus));
  if (out.dialect.empty() || plus == scheme.size() - 1) {
    return std::unexpected(
        ConfigError("A connection url must start with its dialect, as in sqlite:///pets.db or "
                    "postgresql://user:password@host:5432/database."));
  }
  if (plus != std::string_view::npos) out.driver = std::string(scheme.substr(plus + 1));

  std::string_view rest = url.substr(scheme_end + 3);
  const std::size_t authority_end = std::min(rest.find_first_of("/?"), rest.size());
  const std::string_view authority = rest.substr(0, authority_end);
  rest.remove_prefix(authority_end);

  const std::size_t at = authority.rfind('@');
  if (at != std::string_view::npos) {
    if (auto user = ParseUser(authority.substr(0, at), out); !user)
      return std::unexpected(std::move(user).error());
  }
  if (auto host = ParseHost(at == std::string_view::npos ? authority : authority.substr(at + 1), out);
      !host) {
    return std::unexpected(std::move(host).error());
  }

  const std::size_t question = rest.find('?');
  const std::string_view path = rest.substr(0, question);
  if (path.size() > 1 || (path.size() == 1 && out.dialect == "sqlite")) {
    auto database = Decoded(out.dialect, path.substr(1), "database");
    if (!database) return std::unexpected(std::move(database).error());
    out.database = std::move(*database);
  }
  if (question != std::string_view::npos) {
    if (auto query = ParseQuery(rest.substr(question + 1), out); !query) {
      return std::unexpected(std::move(query).error());
    }
  }
  if (out.dialect == "sqlite") {
    if (auto sqlite = CheckSqlite(out); !sqlite) return std::unexpected(std::move(sqlite).error());
  }
  return out;
}

}  // namespace hawser::factory
