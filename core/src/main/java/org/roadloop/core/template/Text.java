package org.roadloop.core.template;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The same in both languages (双语文字). */
public record Text(String english, String chinese) {
    public Text {
        if (english.isBlank() || chinese.isBlank()) {
            throw new IllegalArgumentException("a text needs both languages, 'en' and 'zh'");
        }
    }

    static Text read(JsonNode json) {
        return new Text(json.path("en").asString(""), json.path("zh").asString(""));
    }

    ObjectNode toJson() {
        return JsonMapper.shared().createObjectNode().put("en", english).put("zh", chinese);
    }
}
