#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/packed.h"
#include "factory/answers.h"
#include "factory/configuration.h"
#include "factory/fingerprint.h"
#include "factory/nearest.h"
#include "factory/type_resolver.h"
#include "tree_text.h"

namespace hawser::factory {
namespace {

Value Tree(std::string_view json) { return TreeOf(json); }

const std::vector<KnownType> kKnown = {
    {"sql", {"sqlite", "postgresql", "mysql"}}, {"http", {"http", "https"}}, {"snowflake", {"snowflake"}}};

// The type, "module#export", or "CODE: message".
std::string Resolved(const TypeRequest& request) {
  const auto decision = ResolveType(request, kKnown);
  if (!decision) return std::string(decision.error().code) + ": " + decision.error().message;
  return decision->module.empty() ? decision->type : decision->module + '#' + decision->exported;
}

TEST(ResolveType, TheOptionThenTheSectionThenTheNameThenTheUrl) {
  TypeRequest request{"sql", "snowflake", "http", "mysql://", true, {}, {}};
  EXPECT_EQ(Resolved(request), "snowflake");
  request.option.reset();
  EXPECT_EQ(Resolved(request), "http");
  request.section.reset();
  EXPECT_EQ(Resolved(request), "sql");
  request.name = "pets_db";
  request.url = "HTTPS://api";
  EXPECT_EQ(Resolved(request), "http");
  request.url = "mysql+aiomysql://";
  EXPECT_EQ(Resolved(request), "sql");
}

TEST(ResolveType, ModulesAreCutAtTheLastHash) {
  const auto of = [](std::string type) { return Resolved({"x", type, {}, {}, true, {}, {}}); };
  EXPECT_EQ(of("./my/connection.js#Weather"), "./my/connection.js#Weather");
  const auto decision = ResolveType({"x", "#internal/weather#Weather", {}, {}, true, {}, {}}, kKnown);
  ASSERT_TRUE(decision);
  EXPECT_EQ(decision->module, "#internal/weather");
  EXPECT_EQ(decision->exported, "Weather");
  EXPECT_NE(of("weather#").find("must be of the form 'module-specifier#Export'"), std::string::npos);
  EXPECT_NE(of("#").find("must be of the form"), std::string::npos);
}

TEST(ResolveType, AnUnknownTypeNamesTheNearestAndAll) {
  EXPECT_EQ(Resolved({"db", "snowflaek", {}, {}, true, {}, {}}).substr(0, 107),
            "ERR_CONNECTION_TYPE: Connection \"db\": unknown type \"snowflaek\". Did you mean \"snowflake\"? "
            "Known types: \"sql");
  // A scheme given as the type means the type that it belongs to.
  EXPECT_NE(Resolved({"db", {}, "postgres", {}, true, {}, {}}).find("Did you mean \"sql\"?"),
            std::string::npos);
  const std::string far = Resolved({"db", "mongodb_atlas_cluster", {}, {}, true, {}, {}});
  EXPECT_EQ(far.find("Did you mean"), std::string::npos);
  EXPECT_NE(far.find("Known types: \"sql\", \"http\", \"snowflake\""), std::string::npos);
  EXPECT_NE(Resolved({"db", {}, {}, "redis://", true, {}, {}}).find("unknown url scheme \"redis\""),
            std::string::npos);
  EXPECT_NE(ResolveType({"db", "x", {}, {}, true, {}, {}}, {}).error().message.find("Known types: none"),
            std::string::npos);
}

TEST(ResolveType, NoSectionAtAll) {
  EXPECT_EQ(Resolved({"pets", {}, {}, {}, false, {"pets_db", "other"}, {"a.toml", "environment"}}),
            "ERR_SECRET_MISSING: No layer of the secrets holds connections.pets, and the options of "
            "connection(\"pets\") "
            "do not say its type. Did you mean \"pets_db\"? Layers searched: a.toml, environment.");
  EXPECT_NE(Resolved({"pets", {}, {}, {}, false, {}, {}}).find("Layers searched: none."), std::string::npos);
}

TEST(ResolveType, ASectionThatDoesNotSay) {
  EXPECT_TRUE(Resolved({"pets", {}, {}, {}, true, {}, {}})
                  .starts_with("ERR_CONNECTION_CONFIG: connections.pets does not say"));
  const std::string path = Resolved({"pets", {}, {}, "user:hunter2@host", true, {}, {}});
  EXPECT_TRUE(path.starts_with("ERR_CONNECTION_CONFIG"));
  EXPECT_EQ(path.find("hunter2"), std::string::npos);
}

TEST(Nearest, Distances) {
  EXPECT_EQ(EditDistance("kitten", "sitting"), 3u);
  EXPECT_EQ(EditDistance("ab", "ba"), 1u);
  EXPECT_EQ(EditDistance("", "abc"), 3u);
  EXPECT_EQ(EditDistance("SQL", "sql"), 0u);
  const std::vector<std::string> known = {"pets_db", "pets_dc", std::string(65, 'x')};
  EXPECT_EQ(Nearest("pets_da", known), 0u);  // The first of several.
  EXPECT_EQ(Nearest("zzzzzzz", known), known.size());
  EXPECT_EQ(Nearest(std::string(65, 'x'), known), known.size());
}

// What the layers make together, its keys in any order, or the message of the error.
std::string Merged(const std::vector<std::string>& layers, bool address = false) {
  std::vector<Value> trees;
  for (const std::string& layer : layers) trees.push_back(Tree(layer));
  const auto configuration = MergeConfiguration(trees, address);
  return configuration ? Canonical(configuration->merged) : configuration.error().message;
}

std::string Canonical(const std::string& json) { return factory::Canonical(Tree(json)); }

TEST(Configuration, HigherLayersWinPerKey) {
  const std::vector<std::string> layers = {R"({"a":1})", R"({"a":2,"b":{"x":1}})", R"({"b":{"y":2},"c":3})"};
  EXPECT_EQ(Merged(layers), Canonical(R"({"a":1,"b":{"x":1},"c":3})"));
  const auto configuration =
      MergeConfiguration(std::vector{Tree(layers[0]), Tree(layers[1]), Tree(layers[2])}, false);
  const std::vector<std::pair<std::string, std::size_t>> origin = {{"a", 0}, {"b", 1}, {"c", 2}};
  EXPECT_EQ(configuration->origin, origin);
}

TEST(Configuration, NullHidesWhatIsBelow) {
  EXPECT_EQ(Merged({R"({"a":null})", R"({"a":2,"b":1})"}), Canonical(R"({"b":1})"));
  EXPECT_EQ(Merged({R"({"password":null})", R"({"url":"mysql://u:p@h"})"}, true),
            Canonical(R"({"dialect":"mysql","host":"h","username":"u"})"));
  EXPECT_EQ(Merged({R"({"url":null})", R"({"url":"mysql://h"})"}, true), Canonical("{}"));
  EXPECT_EQ(Merged({R"({"query":{"a":null}})", R"({"url":"mysql://h?a=1&b=2"})"}, true),
            Canonical(R"({"dialect":"mysql","host":"h","query":{"b":"2"}})"));
}

TEST(Configuration, SeparateKeysWinOverTheUrlOfTheirLayerAndBelow) {
  const std::string section = R"({"url":"postgresql://u:p@h:1/d?a=1&b=2","host":"replica"})";
  EXPECT_EQ(Merged({R"({"port":2345,"username":"me","query":{"b":"3","c":"4"}})", section}, true),
            Canonical(R"({"database":"d","dialect":"postgresql","host":"replica","password":"p","port":2345,)"
                      R"("query":{"a":"1","b":"3","c":"4"},"username":"me"})"));
  // A url in code wins over separate keys in the secrets, and over a url there as a whole.
  EXPECT_EQ(Merged({R"({"url":"mysql://new"})", section}, true),
            Canonical(R"({"dialect":"mysql","host":"new"})"));
}

TEST(Configuration, SeparateKeysAlone) {
  EXPECT_EQ(Merged({R"({"dialect":"Postgres+psycopg","host":"h","port":"5432","extra":true})"}, true),
            Canonical(R"({"dialect":"postgresql","driver":"psycopg","extra":true,"host":"h","port":5432})"));
}

TEST(Configuration, OptionsOfAUrlThatRepeat) {
  EXPECT_EQ(Merged({R"({"url":"mysql://h?a=1&b=2&a=3&a=4"})"}, true),
            Canonical(R"({"dialect":"mysql","host":"h","query":{"a":["a","1","3","4"],"b":"2"}})"));
}

TEST(Configuration, WithoutAnAddressAUrlIsAKeyLikeOthers) {
  EXPECT_EQ(Merged({R"({"url":"https://a"})", R"({"url":"https://b","host":7})"}),
            Canonical(R"({"host":7,"url":"https://a"})"));
}

TEST(Configuration, WrongKindsAreNamedWithoutTheirValue) {
  const std::vector<std::pair<std::string, std::string>> wrong = {
      {R"({"port":70000})", "`port` of a connection must be a number from 1 to 65535."},
      {R"({"port":"12x"})", "`port` of a connection must be a number from 1 to 65535."},
      {R"({"port":""})", "`port` of a connection must be a number from 1 to 65535."},
      {R"({"port":1.5})", "`port` of a connection must be a number from 1 to 65535."},
      {R"({"password":12345})", "`password` of a connection must be text."},
      {R"({"query":"a=1"})", "`query` of a connection must be a table of options."},
      {R"({"url":7})", "`url` of a connection must be text."}};
  for (const auto& [layer, message] : wrong) EXPECT_EQ(Merged({layer}, true), message);
}

TEST(Fingerprint, SipHash128HasItsPublishedValues) {
  Key128 key;
  for (std::uint8_t i = 0; i < 16; ++i) key[i] = i;
  const Key128 of_nothing = {0xa3, 0x81, 0x7f, 0x04, 0xba, 0x25, 0xa8, 0xe6,
                             0x6d, 0xf6, 0x72, 0x14, 0xc7, 0x55, 0x02, 0x93};
  const Key128 of_zero = {0xda, 0x87, 0xc1, 0xd8, 0x6b, 0x99, 0xaf, 0x44,
                          0x34, 0x76, 0x59, 0x11, 0x9b, 0x22, 0xfc, 0x45};
  EXPECT_EQ(SipHash128(key, ""), of_nothing);
  EXPECT_EQ(SipHash128(key, std::string(1, '\0')), of_zero);
}

TEST(Fingerprint, EqualConfigurationsInAnyOrderOfKeys) {
  const auto of = [](const char* text) { return Fingerprint("salt", Tree(text)); };
  EXPECT_EQ(of(R"({"a":1,"b":{"c":2,"d":3}})"), of(R"({"b":{"d":3,"c":2},"a":1})"));
  EXPECT_EQ(of("{}").size(), 32u);
}

TEST(Fingerprint, DifferentConfigurationsDiffer) {
  const char* const texts[] = {R"({})",
                               R"({"a":1})",
                               R"({"a":"1"})",
                               R"({"a":1.5})",
                               R"({"a":true})",
                               R"({"a":false})",
                               R"({"a":null})",
                               R"({"a":["a",1]})",
                               R"({"a":["a",1,2]})",
                               R"({"a":["a","1,2"]})",
                               R"({"a":{"b":1}})",
                               R"({"ab":1})",
                               R"({"a":"s1:b"})",
                               R"({"a":"","b":""})",
                               R"({"a":"b","c":"d"})",
                               R"({"a":"bk1:cs1:d"})",
                               R"({"a":-1})",
                               R"({"a":["a"]})",
                               R"({"a":["a",["a"]]})",
                               R"({"a":["l","x1"]})",
                               R"({"a":["o","x1"]})",
                               R"({"a":["f","nan"]})",
                               R"({"a":["f","inf"]})",
                               R"({"a":18446744073709551615})"};
  std::vector<std::string> seen;
  std::vector<std::string> bytes;
  for (const char* text : texts) {
    seen.push_back(Fingerprint("salt", Tree(text)));
    bytes.push_back(Canonical(text));
  }
  for (std::size_t i = 0; i < seen.size(); ++i) {
    for (std::size_t j = i + 1; j < seen.size(); ++j) {
      EXPECT_NE(seen[i], seen[j]) << texts[i] << ' ' << texts[j];
      EXPECT_NE(bytes[i], bytes[j]) << texts[i] << ' ' << texts[j];
    }
  }
}

TEST(Fingerprint, DependsOnTheSalt) {
  const Value configuration = Tree(R"({"password":"hunter2"})");
  EXPECT_NE(Fingerprint("one", configuration), Fingerprint("two", configuration));
  EXPECT_NE(Fingerprint("", configuration), Fingerprint("one", configuration));
  EXPECT_EQ(Fingerprint("one", configuration), Fingerprint("one", configuration));
}

std::string TypeFor(const std::string& wire) { return TextOf(AnswerType(Packed(wire))); }
std::string ConfigurationFor(const std::string& wire) { return TextOf(AnswerConfiguration(Packed(wire))); }

TEST(Answers, TypesAndErrors) {
  EXPECT_EQ(TypeFor(R"({"name":"x","option":"sql","known":["a",{"name":"sql","schemes":["a"]}]})"),
            R"({"type":"sql"})");
  EXPECT_EQ(TypeFor(R"({"name":"x","url":"B://","known":["a",{"name":"sql","schemes":["a","b"]}]})"),
            R"({"type":"sql"})");
  EXPECT_EQ(TypeFor(R"({"name":"x","option":"m#E"})"), R"({"module":"m","exported":"E"})");
  EXPECT_TRUE(
      TypeFor(R"({"name":"x","option":"y"})").starts_with(R"({"error":{"code":"ERR_CONNECTION_TYPE")"));
  for (const std::string_view malformed : {"", "n", "s\1", "a\0\0\0\0"}) {
    const std::string_view start = R"({"error":{"code":"ERR_CONNECTION_CONFIG")";
    EXPECT_TRUE(TextOf(AnswerType(malformed)).starts_with(start)) << malformed;
    EXPECT_TRUE(TextOf(AnswerConfiguration(malformed)).starts_with(start)) << malformed;
  }
}

TEST(Answers, Configure) {
  const Value out = Tree(ConfigurationFor(
      R"({"layers":["a",{"ttl":1},{"url":"sqlite:///a?x=1&x=2","other":["l","x1"]}],"address":true,"salt":"s"})"));
  EXPECT_EQ(factory::Canonical(*out.Find("origin")), Canonical(R"({"other":1,"ttl":0})"));
  EXPECT_EQ(factory::Canonical(*out.Find("address")),
            Canonical(R"({"database":"a","dialect":"sqlite","query":{"x":["a","1","2"]}})"));
  EXPECT_EQ(out.Find("fingerprint")->text.size(), 32u);
}

}  // namespace
}  // namespace hawser::factory
