#include <gtest/gtest.h>

#include <string>

#include "factory/connection_url.h"

namespace hawser::factory {
namespace {

// The parts as dialect|driver|username|password|host|port|database|query, "-" for one that is not there.
std::string Parts(std::string_view url) {
  const auto parsed = ParseConnectionUrl(url);
  if (!parsed) return "error: " + parsed.error().message;
  const auto text = [](const std::optional<std::string>& part) { return '|' + part.value_or("-"); };
  std::string out = parsed->dialect + text(parsed->driver) + text(parsed->username) + text(parsed->password) +
                    text(parsed->host) + '|' + (parsed->port ? std::to_string(*parsed->port) : "-") +
                    text(parsed->database) + '|';
  for (const auto& [key, value] : parsed->query) out += key + '=' + value + ';';
  return out;
}

TEST(ConnectionUrl, AllParts) {
  EXPECT_EQ(Parts("postgresql+psycopg2://AzureDiamond:hunter2@localhost:5432/postgres?charset=utf8mb4"),
            "postgresql|psycopg2|AzureDiamond|hunter2|localhost|5432|postgres|charset=utf8mb4;");
  EXPECT_EQ(Parts("mysql://db.example.com"), "mysql|-|-|-|db.example.com|-|-|");
  EXPECT_EQ(Parts("mysql://db.example.com/"), "mysql|-|-|-|db.example.com|-|-|");
  EXPECT_EQ(Parts("mysql://:3306/shop"), "mysql|-|-|-|-|3306|shop|");
  EXPECT_EQ(Parts("mysql://host:/shop"), "mysql|-|-|-|host|-|shop|");
}

TEST(ConnectionUrl, DialectsHaveOneNameEach) {
  EXPECT_EQ(Parts("POSTGRES://h/d"), "postgresql|-|-|-|h|-|d|");
  EXPECT_EQ(Parts("sqlite3:///a.db"), "sqlite|-|-|-|-|-|a.db|");
  EXPECT_EQ(Parts("MSSQL+PyODBC://h"), "mssql|PyODBC|-|-|h|-|-|");
}

TEST(ConnectionUrl, EmptyIsNotMissing) {
  EXPECT_EQ(Parts("mysql://user:@host"), "mysql|-|user||host|-|-|");
  EXPECT_EQ(Parts("mysql://user@host"), "mysql|-|user|-|host|-|-|");
  EXPECT_EQ(Parts("mysql://@host"), "mysql|-||-|host|-|-|");
}

TEST(ConnectionUrl, PercentEscapesAreDecodedOnce) {
  EXPECT_EQ(Parts("mysql://us%65r:p%40ss%2Fw%3fd%2541@h%6Fst/my%20db?k%20=v%26"),
            "mysql|-|user|p@ss/w?d%41|host|-|my db|k =v&;");
  // As in SQLAlchemy: a '%' that begins no escape stands for itself, '+' is a space in options only.
  EXPECT_EQ(Parts("mysql://u:100%+%zz%4@h/a+b?x=a+b"), "mysql|-|u|100%+%zz%4|h|-|a+b|x=a b;");
  EXPECT_EQ(Parts("mysql://u:%C3%A4@h"), "mysql|-|u|ä|h|-|-|");
}

TEST(ConnectionUrl, APasswordMayHoldAtSignsAndColons) {
  EXPECT_EQ(Parts("mysql://me:a@b:c#d@host:1/x"), "mysql|-|me|a@b:c#d|host|1|x|");
}

TEST(ConnectionUrl, Ipv6) {
  EXPECT_EQ(Parts("postgresql://u:p@[2001:db8::1]:5433/d"), "postgresql|-|u|p|2001:db8::1|5433|d|");
  EXPECT_EQ(Parts("postgresql://[::1]"), "postgresql|-|-|-|::1|-|-|");
  EXPECT_EQ(Parts("postgresql://[::ffff:10.0.0.1]/d"), "postgresql|-|-|-|::ffff:10.0.0.1|-|d|");
  EXPECT_EQ(Parts("postgresql://[fe80::1%25eth0]:1"), "postgresql|-|-|-|fe80::1%eth0|1|-|");
  EXPECT_EQ(Parts("postgresql://[fe80::1%eth0]"), "postgresql|-|-|-|fe80::1%eth0|-|-|");
  for (const char* wrong : {"postgresql://::1/d", "postgresql://[::1/d", "postgresql://[]/d",
                            "postgresql://[::1]x/d", "postgresql://[localhost]/d", "postgresql://[%77:1]/d",
                            "postgresql://[::1%25]/d", "postgresql://[1234]/d"}) {
    EXPECT_TRUE(Parts(wrong).starts_with("error: ")) << wrong;
    EXPECT_NE(Parts(wrong).find("[::1]:5432"), std::string::npos) << wrong;
  }
}

TEST(ConnectionUrl, Options) {
  EXPECT_EQ(Parts("mysql://h/d?a=1&b=2&a=3&&c&=4"), "mysql|-|-|-|h|-|d|a=1;b=2;a=3;c=;=4;");
  EXPECT_EQ(Parts("mysql://h?a=1=2"), "mysql|-|-|-|h|-|-|a=1=2;");
}

TEST(ConnectionUrl, SqliteForms) {
  for (const char* memory : {"sqlite://", "sqlite:///", "sqlite:///:memory:"}) {
    EXPECT_EQ(Parts(memory), "sqlite|-|-|-|-|-|-|") << memory;
  }
  EXPECT_EQ(Parts("sqlite:///pets.db"), "sqlite|-|-|-|-|-|pets.db|");
  EXPECT_EQ(Parts("sqlite:///data/my%20pets.db?mode=ro"), "sqlite|-|-|-|-|-|data/my pets.db|mode=ro;");
  EXPECT_EQ(Parts("sqlite:////srv/pets.db"), "sqlite|-|-|-|-|-|/srv/pets.db|");
  EXPECT_EQ(Parts("sqlite:///C:\\pets.db"), "sqlite|-|-|-|-|-|C:\\pets.db|");
  for (const char* wrong :
       {"sqlite://pets.db", "sqlite://host/pets.db", "sqlite://u:p@/pets.db", "sqlite://:1/x"}) {
    EXPECT_NE(Parts(wrong).find("write sqlite:///pets.db"), std::string::npos) << wrong;
  }
}

TEST(ConnectionUrl, Ports) {
  EXPECT_EQ(Parts("mysql://h:65535"), "mysql|-|-|-|h|65535|-|");
  for (const char* wrong : {"mysql://h:0", "mysql://h:65536", "mysql://h:99999999999999999999",
                            "mysql://h:-1", "mysql://h:x", "mysql://h:1 "}) {
    EXPECT_NE(Parts(wrong).find("a port that is not a number from 1 to 65535"), std::string::npos) << wrong;
  }
}

TEST(ConnectionUrl, WhatNoHostHas) {
  for (const char* wrong :
       {"mysql://a%3Ab", "mysql://a%20b", "mysql://a%40b", "mysql://a%0Ab", "mysql://[::1%25a b]"}) {
    EXPECT_NE(Parts(wrong).find("a character that no host has"), std::string::npos) << wrong;
  }
}

TEST(ConnectionUrl, WhatIsNoUrl) {
  for (const char* wrong :
       {"", "pets.db", "://host", "+psycopg2://h", "mysql+://h", "my sql://h", "mysql:/h"}) {
    EXPECT_NE(Parts(wrong).find("must start with its dialect"), std::string::npos) << wrong;
  }
}

TEST(ConnectionUrl, ErrorsShowNothingButTheScheme) {
  // Each is wrong in another way, and "hunter2" or "AzureDiamond" stand where they should not be seen.
  for (const char* wrong : {
           "postgresql://AzureDiamond:hunter2@host:port/db",
           "postgresql://AzureDiamond:hunter2/x@host/db",
           "postgresql://AzureDiamond:hunter2%FF@host/db",
           "postgresql://AzureDiamond:hunter2%00@host/db",
           "postgresql://AzureDiamond:x@hunter2 /db",
           "postgresql://AzureDiamond:x@[hunter2]/db",
           "postgresql://host:1:hunter2/AzureDiamond",
           "postgresql://host/hunter2%FF",
           "postgresql://host/db?hunter2=%FF",
           "postgresql://host/db?k=hunter2%00",
           "sqlite://AzureDiamond:hunter2@host/db",
           "AzureDiamond:hunter2@host/db",
           "hunter2 AzureDiamond://x",
       }) {
    const auto parsed = ParseConnectionUrl(wrong);
    ASSERT_FALSE(parsed) << wrong;
    EXPECT_EQ(parsed.error().code, "ERR_CONNECTION_CONFIG");
    EXPECT_EQ(parsed.error().message.find("hunter2"), std::string::npos) << parsed.error().message;
    EXPECT_EQ(parsed.error().message.find("AzureDiamond"), std::string::npos) << parsed.error().message;
  }
}

}  // namespace
}  // namespace hawser::factory
