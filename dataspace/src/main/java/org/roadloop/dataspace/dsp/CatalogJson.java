package org.roadloop.dataspace.dsp;

import java.util.List;
import org.roadloop.core.asset.Asset;
import org.roadloop.core.asset.Offer;
import org.roadloop.core.contract.MessageJson;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Our assets as DCAT under the protocol's context (目录报文). */
final class CatalogJson {
    private CatalogJson() {}

    static ObjectNode catalog(String did, String address, List<Asset> assets) {
        ObjectNode json = MessageJson.envelope("Catalog");
        json.put("@id", address + "/catalog").put("participantId", did);
        json.putArray("service").add(service(address));
        if (!assets.isEmpty()) {
            ArrayNode datasets = json.putArray("dataset");
            assets.forEach(asset -> datasets.add(dataset(asset, address)));
        }
        return json;
    }

    static ObjectNode rootDataset(Asset asset, String address) {
        ObjectNode json = dataset(asset, address);
        json.putArray("@context").add(MessageJson.CONTEXT);
        return json;
    }

    private static ObjectNode dataset(Asset asset, String address) {
        ObjectNode json = JsonMapper.shared().createObjectNode();
        json.put("@id", asset.id()).put("@type", "Dataset");
        ArrayNode titles = json.putArray("dct:title");
        titles.addObject().put("@value", asset.title().english()).put("@language", "en");
        titles.addObject().put("@value", asset.title().chinese()).put("@language", "zh");
        json.put("dct:publisher", asset.publisher());
        json.put("roadloop:kind", asset.kind());
        asset.properties().forEach(json::put);
        ArrayNode policies = json.putArray("hasPolicy");
        for (Offer offer : asset.offers()) {
            policies.add(offer.terms().withTarget(null).toJson());
        }
        ArrayNode distributions = json.putArray("distribution");
        for (String format : asset.formats()) {
            ObjectNode distribution = distributions.addObject();
            distribution.put("@type", "Distribution").put("format", format);
            distribution.set("accessService", service(address));
        }
        return json;
    }

    private static ObjectNode service(String address) {
        return JsonMapper.shared()
                .createObjectNode()
                .put("@id", address)
                .put("@type", "DataService")
                .put("endpointURL", address);
    }
}
