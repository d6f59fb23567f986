#include <gtest/gtest.h>

#include <string>

#include "secrets/limits.h"
#include "secrets/toml_reader.h"
#include "tree_text.h"

namespace hawser::secrets {
namespace {

// The tree as text, or "code line:column".
std::string Read(std::string_view text) {
  const Result<Value> value = ReadToml(text, "t", 0);
  if (!value) {
    const Error& e = value.error();
    return std::string(e.code) + " " + std::to_string(e.line) + ":" + std::to_string(e.column);
  }
  return TextOf(*value);
}

Error Fail(std::string_view text) {
  const Result<Value> value = ReadToml(text, "t", 0);
  EXPECT_FALSE(value) << text;
  return value ? Error{} : value.error();
}

std::string Repeat(std::string_view text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

TEST(Toml, KeepsTheOrderOfTheText) {
  EXPECT_EQ(Read("z = 1\na = 2\n[m]\nx = 1\n[b]\n[m.a]\n"), R"({"z":1,"a":2,"m":{"x":1,"a":{}},"b":{}})");
  EXPECT_EQ(Read("b.z = 1\nb.a = 2\na = {z = 1, a = 2}"), R"({"b":{"z":1,"a":2},"a":{"z":1,"a":2}})");
}

TEST(Toml, KeepsEveryType) {
  EXPECT_EQ(Read("a = [1, 2.5, 'x', true, [ ]]"), R"({"a":["a",1,2.5,"x",true,["a"]]})");
  EXPECT_EQ(Read("a = 9007199254740991\nb = 9007199254740992\nc = -9223372036854775808"),
            R"({"a":9007199254740991,"b":["i","9007199254740992"],"c":["i","-9223372036854775808"]})");
  EXPECT_EQ(Read("a = inf\nb = -inf\nc = nan\nd = -0.0\ne = 1e100\nf = 1.0"),
            R"({"a":["f","inf"],"b":["f","-inf"],"c":["f","nan"],"d":-0.0,"e":1e+100,"f":1.0})");
  EXPECT_EQ(Read("a = 1979-05-27 07:32:00.500-01:30\nb = 1979-05-27T00:32:00.1234567899\nc = 07:32:00\nd = "
                 "0001-01-01"),
            R"({"a":["o","1979-05-27T07:32:00.5-01:30"],"b":["l","1979-05-27T00:32:00.123456789"],)"
            R"("c":["l","07:32:00"],"d":["l","0001-01-01"]})");
}

TEST(Toml, KnowsWhereValuesStand) {
  const Result<Value> value = ReadToml("\n[a]\n  b = [1,\n   2]\n", "t", 7);
  ASSERT_TRUE(value);
  const Value* a = value->Find("a");
  EXPECT_EQ(a->origin.line, 2);
  EXPECT_EQ(a->origin.layer, 7);
  const Value* b = a->Find("b");
  EXPECT_EQ(b->origin.line, 3);
  EXPECT_EQ(b->origin.column, 3);
  EXPECT_EQ(b->entries[1].value.origin.line, 4);
}

TEST(Toml, RefusesWhatTomlplusplusTakesForImpossible) {
  EXPECT_EQ(Read("[&"), "ERR_SECRETS_PARSE 1:2");
  EXPECT_EQ(Read("ž"), "ERR_SECRETS_PARSE 1:1");
  EXPECT_EQ(Read("s = \"\"\"\\\n§\"\"\""), "{\"s\":\"§\"}");
}

TEST(Toml, SkipsOnlyTomlsWhiteSpaceAfterALineEndingBackslash) {
  EXPECT_EQ(Read("s = \"\"\"a\\\n \t\n\u00a0 b\"\"\""), "{\"s\":\"a\u00a0 b\"}");
  EXPECT_EQ(Read("s = \"\"\"a\\  \r\n\u3000b\"\"\"\nt = \"\"\"\\\n\ufeff\"\"\""),
            "{\"s\":\"a\u3000b\",\"t\":\"\ufeff\"}");
  EXPECT_EQ(Read("s = \"\"\"\\\n   \\\"\u2003\"\"\""), "{\"s\":\"\\\"\u2003\"}");
  EXPECT_EQ(Read("s = \"\"\"a\\\u00a0\n\"\"\""), "ERR_SECRETS_PARSE 1:10");
}

TEST(Toml, ByteOrderMarkOnceAtTheStart) {
  EXPECT_EQ(Read("\ufeffa = 1"), R"({"a":1})");
  EXPECT_EQ(Read("\ufeff"), "{}");
  EXPECT_EQ(Read("\ufeff\ufeffa = 1"), "ERR_SECRETS_PARSE 1:1");
  EXPECT_EQ(Fail("\ufeffkey = !").excerpt, "key = …");
}

TEST(Toml, RefusesBadBytes) {
  EXPECT_EQ(Read("a = \"\x80\""), "ERR_SECRETS_PARSE 1:6");
  EXPECT_EQ(Read("a = \"\xed\xa0\x80\""), "ERR_SECRETS_PARSE 1:6");  // A surrogate.
  EXPECT_EQ(Read("# \xc0\x80"), "ERR_SECRETS_PARSE 1:3");            // Overlong.
  EXPECT_EQ(Read("# \xf4\x90\x80\x80"), "ERR_SECRETS_PARSE 1:3");    // Beyond U+10FFFF.
  EXPECT_EQ(Read("a = 1 \xe2\x82"), "ERR_SECRETS_PARSE 1:7");        // Cut off.
  EXPECT_EQ(Read(std::string_view("a = 1\0", 6)), "ERR_SECRETS_PARSE 1:6");
  EXPECT_EQ(Read("a = 'x\x7f'"), "ERR_SECRETS_PARSE 1:7");
  EXPECT_EQ(Read("a = 1\rb = 2"), "ERR_SECRETS_PARSE 1:6");
  EXPECT_EQ(Read("\n\xff\xfe"), "ERR_SECRETS_PARSE 2:1");
}

TEST(Toml, UnclosedStringsAreReportedWhereTheyBegin) {
  EXPECT_EQ(Read("\na = \"x\nb = 1"), "ERR_SECRETS_PARSE 2:5");
  EXPECT_EQ(Read("a = 'x"), "ERR_SECRETS_PARSE 1:5");
  EXPECT_EQ(Read("a = \"\"\"x\n\n\""), "ERR_SECRETS_PARSE 1:5");
  EXPECT_EQ(Read("a = '''\n''"), "ERR_SECRETS_PARSE 1:5");
  EXPECT_EQ(Read("a = \"x\\"), "ERR_SECRETS_PARSE 1:5");
  EXPECT_EQ(Read("a = \"\"\"x\\"), "ERR_SECRETS_PARSE 1:5");
}

TEST(Toml, ErrorsHoldNoValues) {
  for (const char* text :
       {"password = hunter2", "password = \"hunter2", "password = 'x' hunter2",
        "[c]\npassword = \"\\hunter2\"", "password = 99999999999999999999", "password = thunter2",
        "a = [\"x\" hunter2]", "hunter2", "a = \"\"\"\nhunter2=\"\"\" x", "a = [\n'x'\nhunter2 = 1",
        "password = 1hunter2", "password = 12:00:hunter2", "password = \"a\"\npassword = \"hunter2\"",
        "a = {b = 1, hunter2", "password = \"\\uhunter2\"",
        "password = 123456789012345678901234567890e999999999", "'hunter2' x"}) {
    const Error error = Fail(text);
    for (const std::string_view part : {"hunter", "hunt", "99999", "78901"}) {
      EXPECT_EQ(error.message.find(part), std::string::npos) << text << ": " << error.message;
      EXPECT_EQ(error.excerpt.find(part), std::string::npos) << text << ": " << error.excerpt;
    }
    EXPECT_EQ(error.code, "ERR_SECRETS_PARSE") << text;
    EXPECT_GT(error.line, 0) << text;
    EXPECT_GT(error.column, 0) << text;
    EXPECT_FALSE(error.message.empty());
  }
}

TEST(Toml, ExcerptsShowKeysAndHeaders) {
  EXPECT_EQ(Fail("[a.b]\n[a.b]  # twice").excerpt, "[a.b]");
  EXPECT_EQ(Fail("  a.b-c = x").excerpt, "a.b-c = …");
  EXPECT_EQ(Fail("a = {\n x = 1}").excerpt, "a = …");
  EXPECT_EQ(Fail("a = [\n x = 1]").excerpt, "…");
}

TEST(Toml, BoundsTheSize) {
  EXPECT_TRUE(ReadToml("#" + std::string(kMaxDocumentBytes - 1, 'x'), "t", 0));
  EXPECT_EQ(Fail("#" + std::string(kMaxDocumentBytes, 'x')).code, "ERR_SECRETS_LIMIT");
}

TEST(Toml, BoundsTheDepth) {
  for (const int depth : {5'000, 100'000}) {
    for (const std::string& text :
         {Repeat("a.", depth) + "a = 1", "[" + Repeat("a.", depth) + "a]",
          "[[" + Repeat("a . ", depth) + "a]]", "a = " + Repeat("[", depth), "a = " + Repeat("{a=", depth),
          "a = [{" + Repeat("'a'.", depth) + "b = 1}]", "a = [" + Repeat("[ # [\n", depth),
          "a = {" + Repeat("a.b={", depth), Repeat("\"\".", depth) + "a=1"}) {
      const Error error = Fail(text);
      EXPECT_EQ(error.code, "ERR_SECRETS_LIMIT") << text.substr(0, 20);
      EXPECT_GT(error.column, 0);
    }
  }
}

TEST(Toml, DepthIsWhatTheTreeHas) {
  EXPECT_TRUE(ReadToml(Repeat("a.", kMaxDepth - 1) + "a = 1", "t", 0));
  EXPECT_FALSE(ReadToml(Repeat("a.", kMaxDepth) + "a = 1", "t", 0));
  EXPECT_TRUE(ReadToml("a = " + Repeat("[", kMaxDepth) + Repeat("]", kMaxDepth), "t", 0));
  EXPECT_FALSE(ReadToml("a = " + Repeat("[", kMaxDepth + 1) + Repeat("]", kMaxDepth + 1), "t", 0));
  EXPECT_TRUE(ReadToml("a = " + Repeat("{a=", kMaxDepth - 1) + "1" + Repeat("}", kMaxDepth - 1), "t", 0));
  EXPECT_FALSE(ReadToml("a = " + Repeat("{a=", kMaxDepth) + "1" + Repeat("}", kMaxDepth), "t", 0));
  // Levels add up over a header, a dotted key and nested values …
  const std::string third = Repeat("a.", kMaxDepth / 3);
  EXPECT_FALSE(ReadToml("[" + third + "a]\n" + third + "a = {" + third + "a = 1}", "t", 0));
  // … and are given back when these end.
  EXPECT_TRUE(ReadToml(
      "[" + third + "a]\n" + third + "a = {x = 1}\n" + third + "b = {x = 1}\n[b]\n" + third + "c = 1", "t",
      0));
  EXPECT_TRUE(ReadToml("a = [" + Repeat("[[1], {b.c = 2}],", 500) + "]", "t", 0));
}

TEST(Toml, BracketsInStringsAndCommentsDoNotCount) {
  const std::string many = Repeat("[{", 200);
  EXPECT_TRUE(ReadToml("# " + many + "\na = \"" + many + "\"\nb = '" + many + "'\nc = \"\"\"" + many + "\n" +
                           many + "\"\"\"\nd = '''" + many + "'''",
                       "t", 0));
  EXPECT_TRUE(ReadToml("a = \"\\\"" + many + "\"\nb = \"\"\"\\\"" + many + "\\\\\"\"\"", "t", 0));
}

TEST(Toml, ManyTablesTakeNoSquareTime) {
  std::string text;
  for (int i = 0; text.size() < kMaxDocumentBytes - 100; ++i)
    text += "[connections.c" + std::to_string(i) + "]\na.b=1\n";
  EXPECT_TRUE(ReadToml(text, "t", 0));
}

TEST(Toml, NumbersBeyondTheLimitsOfTomlplusplus) {
  EXPECT_EQ(Fail("a = 0." + std::string(200, '1')).code, "ERR_SECRETS_LIMIT");
  EXPECT_EQ(Fail("a = " + std::string(200, '1')).code, "ERR_SECRETS_LIMIT");
  EXPECT_EQ(Fail("a = 00:00:00." + std::string(70, '1')).code, "ERR_SECRETS_LIMIT");
}

}  // namespace
}  // namespace hawser::secrets
