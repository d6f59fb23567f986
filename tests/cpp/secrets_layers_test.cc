#include <gtest/gtest.h>

#include <string>

#include "secrets/json_reader.h"
#include "secrets/limits.h"
#include "secrets/store.h"
#include "tree_text.h"

namespace hawser::secrets {
namespace {

// The store, with trees and answers as text.
class Store {
 public:
  explicit Store(const char* mode) : store_(mode) {}

  std::string AddToml(const std::string& source, const std::string& text) {
    return TextOf(store_.AddToml(source, text));
  }
  std::string AddValues(const std::string& source, std::string_view tree, bool verbatim) {
    return TextOf(store_.AddValues(source, Packed(tree), verbatim));
  }
  std::string AddEnvironment(const std::string& source, const std::string& prefix,
                             std::string_view variables) {
    return TextOf(store_.AddEnvironment(source, prefix, Packed(variables)));
  }
  std::string Variables() { return TextOf(store_.Variables()); }
  std::string Interpolate(std::string_view variables) {
    return TextOf(store_.Interpolate(Packed(variables)));
  }
  std::string Tree() { return TextOf(store_.Tree()); }
  std::string Explain(std::string_view path) { return TextOf(store_.Explain(Packed(path))); }
  std::string Leaves() { return TextOf(store_.Leaves()); }

 private:
  SecretStore store_;
};

TEST(Layers, MergeKeyByKey) {
  Store store("deep");
  EXPECT_EQ(store.AddToml("one", "[connections.a]\nurl = 'x'\nlist = [1, 2]\n[other]\nk = 1"), "");
  EXPECT_EQ(store.AddToml("two", "[connections.b]\nurl = 'y'\n[connections.a]\nlist = [3]\nnew = true"), "");
  EXPECT_EQ(store.Tree(),
            R"({"connections":{"a":{"url":"x","list":["a",3],"new":true},"b":{"url":"y"}},"other":{"k":1}})");
}

TEST(Layers, ShallowReplacesSections) {
  Store store("shallow");
  EXPECT_EQ(store.AddToml("one", "top = 1\n[connections.a]\nurl = 'x'"), "");
  EXPECT_EQ(store.AddToml("two", "[connections.b]\nurl = 'y'"), "");
  EXPECT_EQ(store.Tree(), R"({"top":1,"connections":{"b":{"url":"y"}}})");
  EXPECT_EQ(store.Explain(R"(["a","connections"])"),
            R"(["a",{"layer":0,"line":2,"column":2,"type":"table","state":"overridden"},)"
            R"({"layer":1,"line":1,"column":2,"type":"table","state":"used"}])");
  EXPECT_EQ(store.Explain(R"(["a","connections","a","url"])"),
            R"(["a",{"layer":0,"line":3,"column":1,"type":"string","state":"overridden"}])");
}

TEST(Layers, ATypeConflictGoesToTheLaterLayer) {
  Store store("deep");
  EXPECT_EQ(store.AddToml("one", "[a]\nb = 1\nc = 2"), "");
  EXPECT_EQ(store.AddToml("two", "a = 'text'"), "");
  EXPECT_EQ(store.AddToml("three", "[a]\nb = 3"), "");
  EXPECT_EQ(store.Tree(), R"({"a":{"b":3}})");
  EXPECT_EQ(store.Explain(R"(["a","a"])"),
            R"(["a",{"layer":0,"line":1,"column":2,"type":"table","state":"overridden"},)"
            R"({"layer":1,"line":1,"column":1,"type":"string","state":"overridden"},)"
            R"({"layer":2,"line":1,"column":2,"type":"table","state":"used"}])");
  EXPECT_EQ(store.Explain(R"(["a","a","b"])"),
            R"(["a",{"layer":0,"line":2,"column":1,"type":"integer","state":"overridden"},)"
            R"({"layer":2,"line":2,"column":1,"type":"integer","state":"used"}])");
  EXPECT_EQ(store.Explain(R"(["a","a","c"])"),
            R"(["a",{"layer":0,"line":3,"column":1,"type":"integer","state":"overridden"}])");
  EXPECT_EQ(store.Explain(R"(["a","nope"])"), R"(["a"])");
}

TEST(Layers, ExplainsMergedTablesAndElements) {
  Store store("deep");
  EXPECT_EQ(store.AddToml("one", "[a]\nb = [{c = 1}]"), "");
  EXPECT_EQ(store.AddToml("two", "[a]\nd = 1"), "");
  EXPECT_EQ(store.Explain(R"(["a","a"])"),
            R"(["a",{"layer":0,"line":1,"column":2,"type":"table","state":"merged"},)"
            R"({"layer":1,"line":1,"column":2,"type":"table","state":"merged"}])");
  EXPECT_EQ(store.Explain(R"(["a","a","b","0","c"])"),
            R"(["a",{"layer":0,"line":2,"column":7,"type":"integer","state":"used"}])");
  EXPECT_EQ(store.Explain(R"(["a","a","b","1"])"), R"(["a"])");
  EXPECT_EQ(store.Explain(R"(["a","a","b","-1"])"), R"(["a"])");
  EXPECT_EQ(store.Leaves(), R"(["a",{"path":["a","a","b"],"layer":0,"line":2,"column":1,"type":"array"},)"
                            R"({"path":["a","a","d"],"layer":1,"line":2,"column":1,"type":"integer"}])");
}

TEST(Layers, WideTables) {
  std::string one;
  std::string two;
  for (int i = 0; i < 50'000; ++i) {
    one += "k" + std::to_string(i) + "=1\n";
    two += "k" + std::to_string(49'999 - i) + "=2\n";
  }
  Store store("deep");
  EXPECT_EQ(store.AddToml("one", one), "");
  EXPECT_EQ(store.AddToml("two", two), "");
  EXPECT_TRUE(store.Tree().starts_with(R"({"k0":2,"k1":2,)"));
}

TEST(Layers, HostileKeysArePlain) {
  Store store("deep");
  EXPECT_EQ(store.AddToml("one", "[__proto__]\nconstructor = 1\n\"\" = 2\n\"\\u0000\" = 3"), "");
  EXPECT_EQ(store.AddToml("two", "[__proto__]\ntoString = 1"), "");
  EXPECT_EQ(store.Tree(), R"({"__proto__":{"constructor":1,"":2,"\u0000":3,"toString":1}})");
}

TEST(Values, ThereAndBack) {
  Store store("deep");
  EXPECT_EQ(
      store.AddValues(
          "v",
          R"({"a":["a",1,["i","9223372036854775807"],["f","nan"],["a"]],"b":null,"d":["o","1979-05-27T07:32:00Z"],"n":-0.0})",
          false),
      "");
  EXPECT_EQ(
      store.Tree(),
      R"({"a":["a",1,["i","9223372036854775807"],["f","nan"],["a"]],"b":null,"d":["o","1979-05-27T07:32:00Z"],"n":-0.0})");
}

TEST(Values, RefuseWhatIsNoTree) {
  // js/packed.js writes no bytes where a text has a lone surrogate.
  const std::string lone = TextOf(SecretStore("deep").AddValues("v", "", false));
  EXPECT_EQ(lone,
            R"({"code":"ERR_SECRETS_PARSE","message":"a string or key has a lone surrogate","source":"v"})");
  EXPECT_NE(SecretStore("deep").AddEnvironment("v", "P__", "").find("ERR_SECRETS_PARSE"), std::string::npos);
  EXPECT_NE(SecretStore("deep").Interpolate("").find("ERR_SECRETS_PARSE"), std::string::npos);
  EXPECT_EQ(TextOf(SecretStore("deep").Explain("")), R"(["a"])");
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += std::string("o\1\0\0\0\1\0\0\0a", 10);
  EXPECT_NE(SecretStore("deep").AddValues("v", deep, false).find("ERR_SECRETS_LIMIT"), std::string::npos);
}

// The tree, or what is wrong, as text.
std::string FromJson(std::string_view text) { return TextOf(AnswerJson(text)); }

TEST(Json, ReadsDocuments) {
  EXPECT_EQ(FromJson(R"({"a": [1, "i", ["i", "2"]], "big": 18446744073709551615, "x": 1e3})"),
            R"({"a":["a",1,"i",["a","i","2"]],"big":1.8446744073709552e+19,"x":1000.0})");
  EXPECT_EQ(FromJson(R"({"z":{},"a":-9223372036854775808,"m":[null,true,"\u00e9\ud83d\ude00"]})"),
            R"({"z":{},"a":["i","-9223372036854775808"],"m":["a",null,true,"é😀"]})");
}

TEST(Json, SaysWhereItIsMalformed) {
  const std::string at = FromJson("{\n \"password\": hunter2}");
  EXPECT_EQ(at,
            R"(["a",{"code":"ERR_SECRETS_PARSE","message":"the JSON is malformed","line":2,"column":14}])");
  for (const char* text :
       {"", "{", "{\"a\":1", "{}{}", "{\"a\":\"\\ud800\"}", "{\"a\":\"\xff\"}", "{\"a\":1e999}"})
    EXPECT_NE(FromJson(text).find("malformed"), std::string::npos) << text;
  EXPECT_NE(FromJson("[1]").find("not an object"), std::string::npos);
  EXPECT_NE(FromJson(R"({"a":1,"b":{"c":1,"c":2}})").find("twice"), std::string::npos);
  EXPECT_NE(FromJson(std::string(kMaxDocumentBytes + 1, ' ')).find("ERR_SECRETS_LIMIT"), std::string::npos);
}

TEST(Json, DepthIsBounded) {
  const auto nested = [](int levels) {
    std::string out;
    for (int i = 0; i < levels; ++i) out += "{\"a\":";
    out += "1";
    for (int i = 0; i < levels; ++i) out += "}";
    return out;
  };
  EXPECT_TRUE(ReadJson(nested(kMaxDepth + 1)));  // The root is no level.
  EXPECT_TRUE(ReadPacked(AnswerJson(nested(kMaxDepth + 1))));
  EXPECT_EQ(ReadJson(nested(kMaxDepth + 2)).error().code, "ERR_SECRETS_LIMIT");
  EXPECT_EQ(ReadJson(nested(100'000)).error().code, "ERR_SECRETS_LIMIT");
}

TEST(Environment, NamesNestedKeys) {
  Store store("deep");
  EXPECT_EQ(store.AddToml("t", "[Connections.Pets_DB]\nurl = 'x'\nURL = 'y'"), "");
  EXPECT_EQ(
      store.AddEnvironment(
          "e", "HAWSER__",
          R"({"HAWSER__CONNECTIONS__PETS_DB__URL":"z","HAWSER__NEW__Key":"k","OTHER":"o","HAWSER__A___B":"1"})"),
      "");
  EXPECT_EQ(store.Tree(),
            R"({"Connections":{"Pets_DB":{"url":"z","URL":"y"}},"a":{"_b":"1"},"new":{"key":"k"}})");
}

TEST(Environment, RefusesContradictions) {
  for (const char* json : {R"({"P__A":"1","P__A__B":"2"})", R"({"P__A__B":"1","P__A":"2"})",
                           R"({"P__A":"1","P__a":"2"})", R"({"P__A":"1","P__A_":"2","P__A__B":"3"})",
                           R"({"P__":"1"})", R"({"P__A____B":"1"})", R"({"P__A__":"1"})"}) {
    EXPECT_NE(Store("deep").AddEnvironment("e", "P__", json).find("ERR_SECRETS_PARSE"), std::string::npos)
        << json;
  }
  std::string deep = "P__A";
  for (int i = 0; i < kMaxDepth; ++i) deep += "__A";
  EXPECT_NE(Store("deep").AddEnvironment("e", "P__", "{\"" + deep + "\":\"1\"}").find("ERR_SECRETS_LIMIT"),
            std::string::npos);
}

TEST(Environment, TakesTablesOfAPlatform) {
  Store store("deep");
  EXPECT_EQ(store.AddEnvironment("e", "P__", R"({"P__A":{"x":1,"z":2},"P__B__A":"2"})"), "");
  EXPECT_EQ(store.Tree(), R"({"a":{"x":1,"z":2},"b":{"a":"2"}})");
  EXPECT_NE(
      Store("deep").AddEnvironment("e", "P__", R"({"P__A":{"x":1,"z":2},"P__A__X":"2"})").find("contradicts"),
      std::string::npos);
}

// Adds one TOML text, asks for the variables, replaces them.
std::string Interpolated(const std::string& toml, const std::string& variables) {
  Store store("deep");
  EXPECT_EQ(store.AddToml("file.toml", toml), "");
  const std::string answer = store.Interpolate(variables);
  return answer.empty() ? store.Tree() : answer;
}

TEST(Interpolation, ReplacesReferences) {
  EXPECT_EQ(Interpolated("a = '${{ X }}/${{Y}}${{  Z:-d e  }}!'", R"({"X":"1","Y":"2"})"),
            R"({"a":"1/2d e!"})");
  EXPECT_EQ(Interpolated("a = ['x', {b = '${{ X }}'}]\n[t.u]\nv = '${{ X:-n }}'", R"({"X":"1"})"),
            R"({"a":["a","x",{"b":"1"}],"t":{"u":{"v":"1"}}})");
}

TEST(Interpolation, DefaultsCountForUnsetAndEmpty) {
  EXPECT_EQ(Interpolated("a = '${{ X:-d }}'", "{}"), R"({"a":"d"})");
  EXPECT_EQ(Interpolated("a = '${{ X:-d }}'", R"({"X":""})"), R"({"a":"d"})");
  EXPECT_EQ(Interpolated("a = '${{ X }}'", R"({"X":""})"), R"({"a":""})");
  EXPECT_EQ(Interpolated("a = '${{ X:- }}|${{ Y:-a:-b }}'", "{}"), R"({"a":"|a:-b"})");
}

TEST(Interpolation, EscapesAndLeavesTheRestAlone) {
  EXPECT_EQ(Interpolated("a = '$${{ X }} ${ {X}} $X {{ X }} $$'", "{}"),
            R"({"a":"${{ X }} ${ {X}} $X {{ X }} $$"})");
  EXPECT_EQ(Interpolated("a = '$$${{ X }}'", "{}"), R"({"a":"$${{ X }}"})");
}

TEST(Interpolation, DoesNotLookAtWhatItInserted) {
  EXPECT_EQ(Interpolated("a = '${{ X }}${{ Y }}'", R"({"X":"${{ Y }}","Y":"$${{ X"})"),
            R"({"a":"${{ Y }}$${{ X"})");
}

TEST(Interpolation, ErrorsNameKeyAndVariable) {
  const std::string missing = Interpolated("[c.\"d e\"]\nlist = ['${{ NOPE }}']", "{}");
  EXPECT_NE(missing.find("ERR_ENV_MISSING"), std::string::npos);
  EXPECT_NE(missing.find(R"(c.\"d e\".list[0])"), std::string::npos) << missing;
  EXPECT_NE(missing.find(R"("variable":"NOPE")"), std::string::npos);
  EXPECT_NE(missing.find(R"("source":"file.toml","line":2,"column":9)"), std::string::npos) << missing;
  for (const char* text : {"a = '${{ X'", "a = '${{ }}'", "a = '${{ a b }}'", "a = '${{ :-x }}'",
                           "a = '${{ X:-${{ Y }} }}'", "a = '${{ hunter2! }}'"}) {
    const std::string malformed = Interpolated(text, R"({"X":"1"})");
    EXPECT_NE(malformed.find("ERR_SECRETS_PARSE"), std::string::npos) << text << malformed;
    EXPECT_EQ(malformed.find("hunter"), std::string::npos) << malformed;
  }
}

TEST(Interpolation, OnlyWhatCountsIsLookedUp) {
  Store store("deep");
  EXPECT_EQ(store.AddToml("one", "a = '${{ OVERRIDDEN }}'\nb = '${{ B }}${{ A:-x }}${{ B }}'"), "");
  EXPECT_EQ(store.AddValues("two", R"({"a":"${{ VERBATIM }}"})", true), "");
  EXPECT_EQ(store.Variables(), R"(["a","A","B"])");
  EXPECT_EQ(store.Interpolate(R"({"B":"1"})"), "");
  EXPECT_EQ(store.Tree(), R"({"a":"${{ VERBATIM }}","b":"1x1"})");
}

TEST(Interpolation, IsBounded) {
  std::string text = "a = [";
  for (int i = 0; i < 1000; ++i) text += "'${{ X }}${{ X }}',";
  const std::string large = "{\"X\":\"" + std::string(100'000, 'x') + "\"}";
  EXPECT_NE(Interpolated(text + "]", large).find("ERR_SECRETS_LIMIT"), std::string::npos);
}

}  // namespace
}  // namespace hawser::secrets
