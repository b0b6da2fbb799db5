import{a as e,c as t,d as n,f as r,n as i,o as a,s as o}from"./times-CpuxoIK5.js";var s=`caseId kind state scope reason owner updatedAt simulation { at low high lots seconds } heldLots
    containment { commands acknowledged pending overdue }`,c=`query Cases($filter: RecallCaseFilter, $after: Cursor) {
  recallCases(filter: $filter, first: 50, after: $after) {
    totalCount pageInfo { hasNextPage endCursor }
    nodes { ${s} }
  }
}`,l=`changes(first: 100, after: $after) {
      totalCount pageInfo { hasNextPage endCursor }
      nodes { at change thing low high because { eventId type source occurredAt } }
    }`,u=`query Case($id: String!, $after: Cursor, $lots: Int!) {
  recallCase(caseId: $id) {
    ${s} createdAt closingReason heldContainers releasedLots lotsLeftOut
    holdCommands(first: 100) {
      totalCount nodes { commandId system verb target key state dueAt attempts nextAt acknowledgedAt acknowledgedBy problem }
    }
    customers { customer { customerId } orderIds shipmentIds lotIds units low high }
    ${l}
    log(first: 100) { totalCount nodes { number at actor role action data } }
    impact {
      answer { complete limitHit }
      totals { low high lots definiteLots possibleLots }
      lots(first: $lots) {
        totalCount
        nodes {
          lot { lotId currentOperation } since certainty low high quantity
          dispositions { disposition low high }
          evidence { steps { relation fromKey toKey at event { eventId source } } }
        }
      }
    }
  }
}`,d=`query MoreChanges($id: String!, $after: Cursor) { recallCase(caseId: $id) { ${l} } }`,f=`subscription CaseChanges($id: String!, $after: Cursor) {
  recallCaseChanges(caseId: $id, after: $after) {
    kind seq cursor at because { eventId type source occurredAt }
    totals { low high lots definiteLots possibleLots }
    addedLots { lot { lotId } low high } removedLots { lot { lotId } low high } changedLots { lot { lotId } low high }
    addedUnits { unit { unitId } } removedUnits { unit { unitId } }
  }
}`,p=`{ case { caseId state } watermark userErrors { code message hint } }`,m=(e,t)=>`mutation($input: ${t}!) { ${e}(input: $input) ${p} }`,h=m(`draftRecallCase`,`DraftRecallCaseInput`),g=m(`simulateRecallCase`,`SimulateRecallCaseInput`),_=m(`openRecallCase`,`OpenRecallCaseInput`),v=m(`containRecallCase`,`ContainRecallCaseInput`),y=m(`releaseFromRecallCase`,`ReleaseFromRecallCaseInput`),b=m(`closeRecallCase`,`CloseRecallCaseInput`),x=m(`assignRecallCase`,`AssignRecallCaseInput`),S=m(`noteOnRecallCase`,`NoteOnRecallCaseInput`),C=`mutation($input: AcknowledgeHoldCommandInput!) {
  acknowledgeHoldCommand(input: $input) { command { commandId state } watermark userErrors { code message hint } }
}`,w=`query WhatIf($id: String!, $variants: [RecallVariantInput!]!) {
  recallCase(caseId: $id) {
    whatIf(variants: $variants) {
      low high lots
      variants {
        name low high lots
        added(first: 20) { totalCount nodes { lot { lotId } } }
        removed(first: 20) { totalCount nodes { lot { lotId } } }
        changed { now { lot { lotId } low high } before { low high } }
      }
    }
  }
}`;async function T(e,t,n){try{let r=await fetch(t,{headers:{authorization:`Bearer ${e}`}});if(!r.ok){let e=await r.json();return{code:e.code??`service.unreachable`,message:e.detail??r.statusText}}return E(await r.blob(),n),null}catch(e){return{code:`service.unreachable`,message:String(e)}}}function E(e,t){let n=document.createElement(`a`);n.href=URL.createObjectURL(e),n.download=t,n.click(),URL.revokeObjectURL(n.href)}var D=[`xlsx`,`pdf`,`csv`,`json`,`epcis.json`,`zip`];function O({token:r,scope:i,name:o,onProblem:s}){let[c,l]=n(D[0]),[u,d]=n(``),[f,p]=n(!1);async function m(){let e=new URLSearchParams({scope:JSON.stringify(i),language:a});u.trim()&&e.set(`customer`,u.trim()),p(!0),s(await T(r,`/dossier/recall.${c}?${e}`,`${o}.${c}`)),p(!1)}return e(`form`,{class:`bar download`,onSubmit:e=>{e.preventDefault(),m()},children:[e(`label`,{children:[t.fileKind,e(`select`,{name:`form`,value:c,onChange:e=>l(e.currentTarget.value),children:D.map(n=>e(`option`,{value:n,children:n===`zip`?t.everyKind:n.toUpperCase()},n))})]}),e(`label`,{children:[t.forCustomer,e(`input`,{name:`customer`,maxLength:128,placeholder:t.wholeAnswer,value:u,onInput:e=>d(e.currentTarget.value)})]}),e(`button`,{type:`submit`,disabled:f,children:f?t.writing:t.download})]})}function k(e,n){return e===n?String(e):t.between.replace(`{low}`,String(e)).replace(`{high}`,String(n))}function A({row:a,held:s}){let[c,l]=n(!1);return e(r,{children:[e(`tr`,{class:a.certainty.toLowerCase(),"data-lot":a.lot.lotId,"data-certainty":a.certainty,"data-low":a.low,"data-high":a.high,children:[e(`th`,{scope:`row`,children:[e(`a`,{class:`link-to`,href:`/lot?lot=${encodeURIComponent(a.lot.lotId)}`,children:a.lot.lotId}),s&&e(`small`,{class:`held`,children:[` ■ `,t.held]})]}),e(`td`,{class:`certainty`,children:[a.certainty===`DEFINITE`?`● `:`◌ `,o(a.certainty)]}),e(`td`,{children:[k(a.low,a.high),` `,t.of,` `,a.quantity]}),e(`td`,{children:a.dispositions.map(e=>`${k(e.low,e.high)} ${o(e.disposition)}`).join(`, `)}),e(`td`,{children:a.lot.currentOperation??`–`}),e(`td`,{children:i(a.since)}),e(`td`,{children:e(`button`,{type:`button`,"aria-expanded":c,onClick:()=>l(!c),children:t.evidence})})]}),c&&e(`tr`,{class:`evidence`,children:e(`td`,{colSpan:7,children:a.evidence.map((t,n)=>e(`ol`,{children:t.steps.map(t=>e(`li`,{children:[e(`b`,{children:t.fromKey}),` `,t.relation,` `,e(`b`,{children:t.toKey}),e(`small`,{children:[` `,i(t.at),` · `,t.event.source,` · `,t.event.eventId]})]},t.event.eventId+t.toKey))},n))})})]})}export{w as _,x as a,f as c,h as d,d as f,g,y as h,C as i,b as l,_ as m,k as n,u as o,S as p,O as r,c as s,A as t,v as u};