package org.roadloop.peer;

import java.util.Set;
import org.eclipse.edc.connector.controlplane.asset.spi.domain.Asset;
import org.eclipse.edc.connector.controlplane.transfer.spi.flow.DataFlowController;
import org.eclipse.edc.connector.controlplane.transfer.spi.flow.DataFlowManager;
import org.eclipse.edc.connector.controlplane.transfer.spi.types.DataFlowResponse;
import org.eclipse.edc.connector.controlplane.transfer.spi.types.TransferProcess;
import org.eclipse.edc.policy.model.Policy;
import org.eclipse.edc.runtime.metamodel.annotation.Inject;
import org.eclipse.edc.spi.response.StatusResult;
import org.eclipse.edc.spi.system.ServiceExtension;
import org.eclipse.edc.spi.system.ServiceExtensionContext;
import org.eclipse.edc.spi.types.domain.DataAddress;

/**
 * Lets a control plane without data planes take part in transfers: every flow begins at once, at an
 * endpoint where nothing is.
 */
public final class NothingFlows implements ServiceExtension, DataFlowController {
    private static final String ENDPOINT = "http://localhost/nothing";
    private static final int BEFORE_ALL_OTHERS = 1_000;

    @Inject private DataFlowManager flows;

    @Override
    public void initialize(ServiceExtensionContext context) {
        flows.register(BEFORE_ALL_OTHERS, this);
    }

    @Override
    public boolean canHandle(TransferProcess transfer) {
        return true;
    }

    @Override
    public Set<String> transferTypesFor(Asset asset) {
        return Set.of("HttpData-PULL");
    }

    @Override
    public StatusResult<DataFlowResponse> prepare(TransferProcess transfer, Policy policy) {
        return begun();
    }

    @Override
    public StatusResult<DataFlowResponse> start(TransferProcess transfer, Policy policy) {
        return begun();
    }

    @Override
    public StatusResult<Void> suspend(TransferProcess transfer) {
        return StatusResult.success();
    }

    @Override
    public StatusResult<Void> terminate(TransferProcess transfer) {
        return StatusResult.success();
    }

    private static StatusResult<DataFlowResponse> begun() {
        DataAddress address =
                DataAddress.Builder.newInstance()
                        .type("https://w3id.org/idsa/v4.1/HTTP")
                        .property("https://w3id.org/edc/v0.0.1/ns/endpoint", ENDPOINT)
                        .property("https://w3id.org/edc/v0.0.1/ns/authorization", "nothing")
                        .build();
        return StatusResult.success(
                DataFlowResponse.Builder.newInstance()
                        .dataPlaneId("nowhere")
                        .dataAddress(address)
                        .build());
    }
}
