// SQLAlchemy-style connection URLs: dialect+driver://user:pass@host:port/database?option=value
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace hawser::factory {

// The parts of a connection URL, percent-decoded. A part that the url does not have is empty (nullopt); an
// empty user name or password that is there (`user:@host`) is an empty string.
struct ConnectionUrl {
  std::string dialect;  // Lower case; "postgres" and "sqlite3" are given their usual names.
  std::optional<std::string> driver;
  std::optional<std::string> username;
  std::optional<std::string> password;
  std::optional<std::string> host;  // IPv6 without its brackets.
  std::optional<int> port;          // 1 to 65535.
  std::optional<std::string> database;
  std::vector<std::pair<std::string, std::string>> query;  // In order; a key may repeat.
};

// Parses `url`. What stands before the last '@' of the authority is the user's name and password, so that a
// password may hold '@', '#' and ':' as they are; '/' and '?' must be written %2F and %3F. A '%' that no two
// hexadecimal digits follow stands for itself, as in SQLAlchemy. For the dialect sqlite: `sqlite://`,
// `sqlite:///` and `sqlite:///:memory:` mean a database in memory (`database` empty), `sqlite:///pets.db` a
// relative path, `sqlite:////srv/pets.db` an absolute one; a host is an error. Errors: ERR_CONNECTION_CONFIG
// naming the part that is wrong, never showing any of the url but its scheme.
Result<ConnectionUrl> ParseConnectionUrl(std::string_view url);

// Lower case, and one name for dialects that go by two.
std::string NormalDialect(std::string_view dialect);

}  // namespace hawser::factory
