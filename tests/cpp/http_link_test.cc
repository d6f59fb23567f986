#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "http/link.h"

namespace hawser::http {
namespace {

// As text: <target> name=value|name=value, …
std::string Shown(std::string_view field) {
  std::string text;
  for (const Link& link : ParseLinks(field)) {
    if (!text.empty()) text += ", ";
    text.append("<").append(link.target).append(">");
    const char* separator = " ";
    for (const LinkParameter& parameter : link.parameters) {
      text.append(separator).append(parameter.name).append("=").append(parameter.value);
      separator = "|";
    }
  }
  return text;
}

TEST(Links, ReadsTheExamplesOfTheRfc) {  // RFC 8288, 3.5
  EXPECT_EQ(Shown(R"(<http://example.com/TheBook/chapter2>; rel="previous"; title="previous chapter")"),
            "<http://example.com/TheBook/chapter2> rel=previous|title=previous chapter");
  EXPECT_EQ(Shown(R"(</>; rel="http://example.net/foo")"), "</> rel=http://example.net/foo");
  EXPECT_EQ(Shown(R"(</terms>; rel="copyright"; anchor="#foo")"), "</terms> rel=copyright|anchor=#foo");
  EXPECT_EQ(Shown("</TheBook/chapter2>; rel=\"previous\"; title*=UTF-8'de'letztes%20Kapitel, "
                  "</TheBook/chapter4>; rel=\"next\"; title*=UTF-8'de'n%c3%a4chstes%20Kapitel"),
            "</TheBook/chapter2> rel=previous|title=letztes Kapitel, </TheBook/chapter4> "
            "rel=next|title=nächstes Kapitel");
  EXPECT_EQ(Shown(R"(<http://example.org/>; rel="start http://example.net/relation/other")"),
            "<http://example.org/> rel=start http://example.net/relation/other");
}

TEST(Links, ReadsWhatApisSend) {
  EXPECT_EQ(
      Shown(
          R"(<https://api.example.com/items?page=2&per_page=30>; rel="next", <https://api.example.com/items?page=9>; rel="last")"),
      "<https://api.example.com/items?page=2&per_page=30> rel=next, <https://api.example.com/items?page=9> "
      "rel=last");
  EXPECT_EQ(Shown("<?after=a,b;c>;rel=next"), "<?after=a,b;c> rel=next");
  EXPECT_EQ(Shown("< /x > ; REL = Next ; results=\"true\""), "</x> REL=Next|results=true");
  EXPECT_EQ(Shown("<>; rel=self"), "<> rel=self");
}

TEST(Links, KeepsTheFirstOfEqualParameters) {
  EXPECT_EQ(Shown("</a>; rel=first; rel=second; title=x; title=y"), "</a> rel=first|title=x");
  EXPECT_EQ(Shown("</a>; rel=a; title=x; title*=UTF-8''%41"), "</a> rel=a|title=A");
  EXPECT_EQ(Shown("</a>; rel=a; title*=UTF-8''%41; title=x"), "</a> rel=a|title=A");
  EXPECT_EQ(Shown("</a>; rel=a; title=x; title*=KOI8-R''%41"), "</a> rel=a|title=x");
}

TEST(Links, LeavesOutWhatIsNoLink) {
  for (const char* field : {"", ",,", "next", "</a>", "</a>; title=x", "</a; rel=next", "</a>; rel=\"\"",
                            "</a>; rel=\" \"", "/a; rel=next"}) {
    EXPECT_EQ(Shown(field), "") << field;
  }
  EXPECT_EQ(Shown("junk, </a>; rel=next, </b>"), "</a> rel=next");
}

TEST(Links, MindsQuotedStrings) {
  EXPECT_EQ(Shown(R"(</a>; title="a \"b\", <c>; rel=x"; rel=next, </b>; rel=prev)"),
            R"(</a> title=a "b", <c>; rel=x|rel=next, </b> rel=prev)");
  EXPECT_EQ(Shown(R"(</a>; rel="next)"), "</a> rel=next");
  EXPECT_EQ(Shown(R"(</a>; rel=next; title="\)"), "</a> rel=next|title=\\");
}

}  // namespace
}  // namespace hawser::http
