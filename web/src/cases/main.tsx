import { Page } from "../shell/Page";
import { Case } from "./Case";
import { Cases } from "./Cases";

Page("cases", (token, onRefused) => {
  const caseId = new URLSearchParams(location.search).get("case");
  return caseId ? <Case token={token} caseId={caseId} onRefused={onRefused} /> : <Cases token={token} onRefused={onRefused} />;
});
