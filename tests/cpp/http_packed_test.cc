#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "base/packed.h"
#include "http/answers.h"
#include "http/packed.h"

namespace hawser::http {
namespace {

// What the other side of base/packed.h writes.
std::string Tree() {
  Value tree;
  const auto put = [&](const char* key, Value value) { tree.entries.push_back({key, std::move(value)}); };
  Value list = Value::OfType(Value::Type::kArray);
  for (const char* text : {"accept", " text/csv ", "x", ""})
    list.entries.push_back({"", Value::String(text)});
  Value integer = Value::OfType(Value::Type::kInteger);
  integer.integer = -5;
  Value number = Value::OfType(Value::Type::kFloat);
  number.number = std::numeric_limits<double>::infinity();
  Value flag = Value::OfType(Value::Type::kBoolean);
  flag.boolean = true;
  put("list", list);
  put("integer", integer);
  put("number", number);
  put("flag", flag);
  put("none", Value::OfType(Value::Type::kNull));
  put("text", Value::String("täxt"));
  std::string bytes;
  WritePacked(tree, bytes);
  return bytes;
}

TEST(View, ReadsWhatOthersWrite) {
  const std::string bytes = Tree();
  const View tree = View::Of(bytes);
  EXPECT_EQ(tree["integer"].Number(0), -5);
  EXPECT_EQ(tree["number"].Number(0), std::numeric_limits<double>::infinity());
  EXPECT_TRUE(tree["flag"].Flag());
  EXPECT_EQ(tree["text"].Text(), "täxt");
  EXPECT_TRUE(tree["none"].exists());
  EXPECT_FALSE(tree["missing"].exists());
  const Headers headers = tree["list"].AsHeaders();
  ASSERT_EQ(headers.size(), 2U);
  EXPECT_EQ(headers[0].name, "accept");
  EXPECT_EQ(headers[0].value, "text/csv");
}

TEST(View, FallsBackWhereSomethingElseIs) {
  const std::string bytes = Tree();
  const View tree = View::Of(bytes);
  EXPECT_EQ(tree["text"].Number(7), 7);
  EXPECT_EQ(tree["integer"].Text(), "");
  EXPECT_FALSE(tree["text"].Flag());
  EXPECT_FALSE(tree["text"]["deeper"].exists());
  EXPECT_TRUE(tree["text"].AsHeaders().empty());
}

TEST(View, IsNothingForDamagedTrees) {
  const std::string bytes = Tree();
  for (std::size_t size = 0; size < bytes.size(); size++)
    EXPECT_FALSE(View::Of(std::string_view(bytes).substr(0, size)).exists()) << size;
  EXPECT_FALSE(View::Of(bytes + "n").exists());
  std::string deep;
  for (int i = 0; i < 100'000; i++) deep += std::string("a\1\0\0\0", 5);
  EXPECT_FALSE(View::Of(deep + "n").exists());
}

TEST(Writer, WritesWhatOthersRead) {
  Writer writer;
  writer.OpenTable()
      .Key("text")
      .Text("a")
      .Key("list")
      .OpenArray()
      .Number(1.5)
      .Flag(false)
      .OpenTable()
      .Close()
      .Close();
  const std::string bytes = writer.Key("headers").List({{"n", "v"}}).Close().Take();
  const auto tree = ReadPacked(bytes);
  ASSERT_TRUE(tree);
  ASSERT_EQ(tree->entries.size(), 3U);
  EXPECT_EQ(tree->Find("text")->text, "a");
  ASSERT_EQ(tree->Find("list")->entries.size(), 3U);
  EXPECT_EQ(tree->Find("list")->entries[0].value.number, 1.5);
  ASSERT_EQ(tree->Find("headers")->entries.size(), 2U);
  EXPECT_EQ(tree->Find("headers")->entries[1].value.text, "v");
}

TEST(Answers, AreTreesWhateverIsAsked) {
  for (const std::string& request : {std::string(), std::string("junk"), Tree(), std::string("n")}) {
    for (const auto answer : {AnswerRetry, AnswerDate, AnswerLinks, AnswerCanonical, AnswerFreshness,
                              AnswerFields, AnswerPlan, AnswerSettle}) {
      EXPECT_TRUE(ReadPacked(answer(request)));
    }
  }
}

}  // namespace
}  // namespace hawser::http
